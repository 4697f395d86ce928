/** What the form of OpenID Connect shows, and what it sends. */
import type { OpenIdSetting, SetOpenIdSetting } from '#contract/openid.ts'

export const ROLES = ['ViewOnly', 'Migration', 'OrganizationManagement'] as const
export type Role = (typeof ROLES)[number]

export interface OpenIdFields extends Readonly<Record<Role, string>> {
  readonly enabled: boolean
  readonly displayName: string
  readonly issuer: string
  readonly clientId: string
  /** Empty: none was typed. */
  readonly clientSecret: string
  /** The client is public: it has PKCE alone. */
  readonly isPublic: boolean
  /** With blanks between. */
  readonly scopes: string
  /** Empty: what is usual. */
  readonly userNameClaim: string
  readonly rolesClaim: string
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

export const openIdFields = (setting: OpenIdSetting): OpenIdFields => ({
  enabled: setting.enabled,
  displayName: setting.displayName,
  issuer: setting.issuer ?? '',
  clientId: setting.clientId ?? '',
  clientSecret: '',
  isPublic: setting.clientId !== null && !setting.hasClientSecret,
  scopes: setting.scopes.join(' '),
  userNameClaim: setting.userNameClaim ?? '',
  rolesClaim: setting.rolesClaim,
  ViewOnly: setting.roleMapping.ViewOnly.join('\n'),
  Migration: setting.roleMapping.Migration.join('\n'),
  OrganizationManagement: setting.roleMapping.OrganizationManagement.join('\n'),
})

const isMoved = (there: OpenIdSetting, { issuer, clientId }: OpenIdFields) =>
  (there.issuer ?? '') !== issuer.trim() || (there.clientId ?? '') !== clientId.trim()

/** A secret is kept for one provider and client alone (docs/decisions/0011). */
export const wantsSecret = (there: OpenIdSetting, form: OpenIdFields): boolean =>
  !form.isPublic && form.clientId.trim() !== '' && (!there.hasClientSecret || isMoved(there, form))

export const isOpenIdComplete = (there: OpenIdSetting, form: OpenIdFields): boolean =>
  form.displayName.trim() !== '' &&
  form.rolesClaim.trim() !== '' &&
  (!form.enabled || (form.issuer.trim() !== '' && form.clientId.trim() !== '')) &&
  (!wantsSecret(there, form) || form.clientSecret !== '')

const orNull = (text: string) => text.trim() || null

export function setOpenId(typed: Partial<OpenIdFields>, form: OpenIdFields, there: OpenIdSetting): SetOpenIdSetting {
  const mapped = ROLES.filter((role) => typed[role] !== undefined)
  const losesSecret = there.hasClientSecret && (form.isPublic || form.clientId.trim() === '')
  return {
    ...(typed.enabled !== undefined && { enabled: form.enabled }),
    ...(typed.displayName !== undefined && { displayName: form.displayName.trim() }),
    ...(typed.issuer !== undefined && { issuer: orNull(form.issuer) }),
    ...(typed.clientId !== undefined && { clientId: orNull(form.clientId) }),
    ...(losesSecret
      ? { clientSecret: null }
      : form.clientSecret !== '' && !form.isPublic && { clientSecret: form.clientSecret }),
    ...(typed.scopes !== undefined && { scopes: form.scopes.split(/[\s,]+/).filter((scope) => scope !== '') }),
    ...(typed.userNameClaim !== undefined && { userNameClaim: orNull(form.userNameClaim) }),
    ...(typed.rolesClaim !== undefined && { rolesClaim: form.rolesClaim.trim() }),
    ...(mapped.length > 0 && { roleMapping: Object.fromEntries(mapped.map((role) => [role, lines(form[role])])) }),
  }
}
