import type { Session } from '#contract/administrator.ts'
import type { SessionRow, SessionTimes } from '#store/service/sessions.ts'
import { accountOf } from './sessions.ts'
import { showAdministrator } from './show-administrator.ts'

export function showSession({ administrator, expiresAt }: SessionRow, { idleMs }: SessionTimes): Session {
  const { name, scopes, mustChangePassword = false } = accountOf(administrator)
  return {
    identity: name,
    via: 'Session',
    scopes: [...scopes],
    administrator: showAdministrator(administrator),
    mustChangePassword,
    expiresAt: expiresAt.toISOString(),
    idleSeconds: Math.ceil(idleMs / 1000),
  }
}
