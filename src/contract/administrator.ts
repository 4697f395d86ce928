/** Administrators: people who run the service, what they may, and how they sign in. */
import { z } from 'zod'
import { type Scope, SCOPES } from './organization.ts'
import { DateTime, Identity, MailAddress, Name, PlainText, Secret } from './values.ts'

export const ROLES = ['ViewOnly', 'Migration', 'OrganizationManagement'] as const
export type Role = (typeof ROLES)[number]

/** What a role may is what routes ask for; `migration` includes `view`, and `organization` all. */
export const SCOPE_OF_ROLE: Readonly<Record<Role, Scope>> = {
  ViewOnly: 'view',
  Migration: 'migration',
  OrganizationManagement: 'organization',
}

export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

export const Administrator = z.object({
  /** The user name. */
  identity: z.string(),
  guid: z.uuid(),
  displayName: z.string(),
  mailAddress: z.string().nullable(),
  /** Of mails and of the admin center; null: whatever the reader's program prefers. */
  language: z.enum(LANGUAGES).nullable(),
  roles: z.array(z.enum(ROLES)),
  enabled: z.boolean(),
  /** Without one only OpenID Connect lets them in. */
  hasPassword: z.boolean(),
  mustChangePassword: z.boolean(),
  oidcSubject: z.string().nullable(),
  /** OpenIdConnect: made by the first sign-in there; the roles are those of the last one. */
  source: z.enum(['Local', 'OpenIdConnect']),
  lastSignInTime: DateTime.nullable(),
  creationDateTime: DateTime,
  lastModifiedDateTime: DateTime,
})
export type Administrator = z.infer<typeof Administrator>

const Fields = {
  displayName: PlainText.min(1).max(200),
  mailAddress: MailAddress.nullable(),
  language: z.enum(LANGUAGES).nullable(),
  roles: z.array(z.enum(ROLES)).min(1),
  enabled: z.boolean(),
  /** 12 to 1024 characters, neither common nor the user name. */
  password: Secret,
  /** With a password that somebody else chose: true unless told. */
  mustChangePassword: z.boolean(),
  /** `sub` of the OpenID Connect provider. */
  oidcSubject: z.string().min(1).max(255).nullable(),
}

export const NewAdministrator = z.object({
  userName: Name,
  ...z.object(Fields).partial().shape,
  roles: Fields.roles,
})
export type NewAdministrator = z.infer<typeof NewAdministrator>

/** The user name stays: logs and batches tell of it. */
export const SetAdministrator = z.object(Fields).partial()
export type SetAdministrator = z.infer<typeof SetAdministrator>

export const ResetAdministrator = z.object({
  /** May be left out where there is one administrator, or none yet. */
  identity: Identity.optional(),
})

export const OneTimePassword = z.object({
  /** Null: there is none yet, and this is the first password, with which one is made. */
  administrator: z.string().nullable(),
  enabled: z.boolean(),
  /** Shown this once. */
  password: z.string(),
  expiresAt: DateTime,
})
export type OneTimePassword = z.infer<typeof OneTimePassword>

export const SignIn = z.object({ userName: z.string().min(1).max(320), password: Secret })
export type SignIn = z.infer<typeof SignIn>

export const FirstAdministrator = z.object({
  firstPassword: Secret,
  userName: Name,
  password: Secret,
  displayName: Fields.displayName.optional(),
  mailAddress: Fields.mailAddress.optional(),
  language: Fields.language.optional(),
})
export type FirstAdministrator = z.infer<typeof FirstAdministrator>

/** What one changes of oneself, whatever one's role. */
export const SetOwnAccount = z
  .object({ displayName: Fields.displayName, mailAddress: Fields.mailAddress, language: Fields.language })
  .partial()

export const ChangePassword = z.object({ currentPassword: Secret, newPassword: Secret })

/** Who asks, and what they may. */
export const Session = z.object({
  identity: z.string(),
  via: z.enum(['Socket', 'Token', 'Session']),
  scopes: z.array(z.enum(SCOPES)),
  /** Who signed in, or owns the token; null: the local administrator, or a token of theirs. */
  administrator: Administrator.nullable(),
  mustChangePassword: z.boolean(),
  /** Of a session: it ends then, however much it is used; and this many seconds after its last use. */
  expiresAt: DateTime.nullable(),
  idleSeconds: z.int().nullable(),
})
export type Session = z.infer<typeof Session>

/** What the sign-in page needs to know. */
export const SignInOptions = z.object({
  /** Nobody is there to sign in: the first password makes the first administrator. */
  needsFirstAdministrator: z.boolean(),
  /** The provider of OpenID Connect, where one is set up: what it is called, and where its sign-in begins. */
  oidc: z.object({ name: z.string(), startPath: z.string() }).nullable(),
})
export type SignInOptions = z.infer<typeof SignInOptions>
