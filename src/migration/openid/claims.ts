/** What the provider says of a person, as it counts here. Pure; what is said is not trusted to have a form. */
import { ROLES, type Role } from '#contract/administrator.ts'
import { LIMITS } from '#contract/limits.ts'

type Mapping = Readonly<Record<Role, readonly string[]>>
export type Claims = Readonly<Record<string, unknown>>

/** By its whole name first: some are URLs, with dots of their own. Else by a path, `realm_access.roles`. */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let at: unknown = claims
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Claims)[part]
  }
  return at
}

/** A mail address that nobody verified may be anybody's: it gives no role and no name. */
const isVerified = ({ email_verified: verified }: Claims) => verified === true || verified === 'true'

/** Roles of the claim's values, compared as they are written. */
export function rolesOf(claims: Claims, claim: string, mapping: Mapping): Role[] {
  if (claim === 'email' && !isVerified(claims)) return []
  const found = claimAt(claims, claim)
  const values = new Set((Array.isArray(found) ? found : [found]).filter((one) => typeof one === 'string'))
  return ROLES.filter((role) => mapping[role].some((value) => values.has(value)))
}

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null)

/** Null: the claim that was named is not there. */
export function userNameOf(claims: Claims, claim: string | null): string | null {
  const found =
    claim === null
      ? (text(claims['preferred_username']) ?? mailOf(claims) ?? text(claims['sub']))
      : claim === 'email'
        ? mailOf(claims)
        : text(claimAt(claims, claim))
  // What a name of ours may not hold (contract/values.ts).
  // oxlint-disable-next-line no-control-regex
  return found === null ? null : found.replace(/[\u0000-\u001f\u007f*?/\\]/g, '_').slice(0, LIMITS.nameLength)
}

/** Null unless it is one, and verified. */
export function mailOf(claims: Claims): string | null {
  const mail = text(claims['email'])
  return mail !== null && isVerified(claims) && /^[^\s@"(),:;<>[\\\]]{1,64}@[^\s@"(),:;<>[\\\]]{1,255}$/.test(mail)
    ? mail
    : null
}

export const displayNameOf = (claims: Claims, userName: string): string =>
  (text(claims['name']) ?? userName).replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 200) || userName
