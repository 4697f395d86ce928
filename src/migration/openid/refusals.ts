/** Why the provider's person is not let in: the sentence is for them, and for the administrator whom they ask. */
import { Fault } from '#base/fault.ts'
import type { Admission } from '#store/service/openid-administrators.ts'
import type { OpenIdSettingRow } from '#store/service/openid-settings.ts'
import { type Claims, claimAt, userNameOf } from './claims.ts'
import { refused } from './provider-faults.ts'

type Why = Exclude<Admission['refused'], null>

export function refusalOf(why: Why, claims: Claims & { sub: string }, settings: OpenIdSettingRow): Fault {
  const { roles_claim: claim } = settings
  const name = userNameOf(claims, settings.user_name_claim) ?? claims.sub
  switch (why) {
    case 'disabled':
      return refused(`The administrator "${name}" is disabled.`, 'Ask another administrator to enable it.')
    case 'name taken':
      return refused(
        `There is another administrator "${name}", who does not sign in with OpenID Connect.`,
        `An administrator who may manage others can connect the two, by giving "${name}" the subject at the provider (sub) "${claims.sub}".`,
      )
    case 'no role':
    default:
      return new Fault({
        code: 'OPENID_ROLE_MISSING',
        scope: 'request',
        transient: false,
        message: `You are signed in at the provider as "${name}", but ${reason(claims, claim)}.`,
        remedy: `Have the provider put you into one of the groups that the settings of OpenID Connect give a role, or have one of yours added there. Your subject (sub) is "${claims.sub}".`,
      })
  }
}

function reason(claims: Claims, claim: string): string {
  // Microsoft Entra: more than 200 groups are not in the token but behind a link.
  const elsewhere = claims['_claim_names']
  if (typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, claim))
    return `the provider has too many values of the claim ${claim} to send them; use application roles instead (claim roles)`
  if (claim === 'email' && claims['email_verified'] !== true) return 'your mail address is not verified there'
  return claimAt(claims, claim) === undefined
    ? `it sent no claim ${claim}, which gives the role here`
    : `none of the values of the claim ${claim} gives a role here`
}
