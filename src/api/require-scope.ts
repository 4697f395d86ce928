import { Fault } from '#base/fault.ts'
import { mayCall, type Principal } from '#contract/calls.ts'
import type { Access } from '#contract/routes/route.ts'

/** Throws FORBIDDEN, or PASSWORD_MUST_BE_CHANGED. */
export function requireScope(principal: Principal, scope: Access): void {
  if (mayCall(principal, { scope })) return
  if (principal.mustChangePassword === true && scope !== 'local') throw mustChange()
  const [message, remedy] = words(principal, scope)
  throw new Fault({
    code: 'FORBIDDEN',
    scope: 'request',
    transient: false,
    message,
    remedy,
    facts: scope === 'session' || scope === 'local' ? {} : { needs: scope },
  })
}

function words({ scopes, via }: Principal, scope: Access): readonly [message: string, remedy: string] {
  if (scope === 'session') return ['this is for who signed in with a browser', 'Sign in.']
  if (scope === 'local')
    return ['this is for the local administrator alone', 'Do it on the machine of the service, over its socket.']
  const held = scopes.join(', ') || 'none'
  return via === 'Session'
    ? [`this needs the scope ${scope}, and your roles give ${held}`, 'Ask an administrator who may manage roles.']
    : [`this needs the scope ${scope}, and the token has ${held}`, `Use a token with the scope ${scope}.`]
}

const mustChange = () =>
  new Fault({
    code: 'PASSWORD_MUST_BE_CHANGED',
    scope: 'request',
    transient: false,
    message: 'the password must be changed before anything else',
    remedy: 'Change it (POST /session/password).',
  })
