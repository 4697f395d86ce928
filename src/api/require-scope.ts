import { mayCall, type Principal } from '#contract/calls.ts'
import type { Scope } from '#contract/organization.ts'
import { requestFault } from './request-fault.ts'

/** Throws FORBIDDEN. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (mayCall(principal, { scope })) return
  throw requestFault(
    'FORBIDDEN',
    `this needs the scope ${scope}, and the token has ${principal.scopes.join(', ') || 'none'}`,
    `Use a token with the scope ${scope}.`,
    { facts: { needs: scope } },
  )
}
