/** The scopes of contract/organization.ts, without its schemas: help and completion load no zod. */
import type { Scope } from '#contract/organization.ts'

export type { Scope }
export const SCOPES = ['view', 'migration', 'organization'] as const satisfies readonly Scope[]
