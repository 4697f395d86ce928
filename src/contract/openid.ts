/** Sign-in with OpenID Connect: the provider, and what its claims mean here. */
import { z } from 'zod'
import { DateTime, Secret } from './values.ts'

/** Of one role: the values of the roles claim that give it. */
const ClaimValues = z.array(z.string().trim().min(1).max(1000)).max(200)
const RoleMapping = z.object({ ViewOnly: ClaimValues, Migration: ClaimValues, OrganizationManagement: ClaimValues })

/** A claim's name, also one that is a URL; or a path into nested claims, with dots. */
const ClaimName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'may hold neither blanks nor letters beyond ASCII')

const Fields = {
  enabled: z.boolean(),
  /** On the button of the sign-in page. */
  displayName: z.string().trim().min(1).max(60),
  issuer: z.string().trim().max(1000).nullable(),
  clientId: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .regex(/^[\x20-\x7e]*$/, 'may hold ASCII alone')
    .nullable(),
  /** `openid` is always asked for. */
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'is not a scope (RFC 6749 §3.3)')).max(30),
  /** Null: preferred_username, else email where it is verified, else sub. */
  userNameClaim: ClaimName.nullable(),
  /** A list or one value; `realm_access.roles` is the claim `roles` within `realm_access`. */
  rolesClaim: ClaimName,
}

export const OpenIdSetting = z.object({
  identity: z.string(),
  ...Fields,
  /** Whether one is stored; it is never answered. Without one the client is public, and has PKCE alone. */
  hasClientSecret: z.boolean(),
  roleMapping: RoleMapping,
  /** To be entered at the provider; null: the service has no public URL. */
  redirectUri: z.string().nullable(),
  /** Null: as it is delivered. */
  lastModifiedDateTime: DateTime.nullable(),
})
export type OpenIdSetting = z.infer<typeof OpenIdSetting>

export const SetOpenIdSetting = z.object({
  ...z.object(Fields).partial().shape,
  clientSecret: Secret.nullable().optional(),
  /** A role that is not given keeps its values. */
  roleMapping: RoleMapping.partial().strict().optional(),
})
export type SetOpenIdSetting = z.infer<typeof SetOpenIdSetting>

export const OpenIdTest = z.object({
  result: z.enum(['Success', 'Failed']),
  message: z.string(),
  errorDetail: z.string(),
  /** What may be meant, and may be a mistake. */
  warnings: z.array(z.string()),
  redirectUri: z.string().nullable(),
})
export type OpenIdTest = z.infer<typeof OpenIdTest>

/** Where the browser goes after it: a path of this service. */
export const ReturnTo = z.string().max(1000).optional()

/** What a provider sends back (RFC 6749 §4.1.2, RFC 9207); others have more, such as session_state. */
export const ProviderAnswer = z.looseObject({
  code: Secret.optional(),
  state: z.string().max(1000).optional(),
  iss: z.string().max(1000).optional(),
  error: z.string().max(1000).optional(),
  error_description: z.string().max(4096).optional(),
})

export const SignedOut = z.object({
  /** Where the provider of OpenID Connect ends its own session; null: there is none, or it has no such page. */
  providerSignOutUrl: z.string().nullable(),
})
