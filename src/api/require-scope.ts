import { Fault } from '#base/fault.ts'
import { mayCall, type Principal } from '#contract/calls.ts'
import type { Scope } from '#contract/organization.ts'

/** Throws FORBIDDEN. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (mayCall(principal, { scope })) return
  throw new Fault({
    code: 'FORBIDDEN',
    scope: 'request',
    transient: false,
    message: `this needs the scope ${scope}, and the token has ${principal.scopes.join(', ') || 'none'}`,
    remedy: `Use a token with the scope ${scope}.`,
    facts: { needs: scope },
  })
}
