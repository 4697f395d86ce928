/** Administrators, wired; and the first password, where nobody is there yet. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { administration } from '#migration/administrator/administration.ts'
import type { AdministratorDeps } from '#migration/administrator/deps.ts'
import { replaceDurably } from '#store/durable-file.ts'
import type { Store } from '#store/open.ts'
import type { Tuning } from './tuning.ts'

export interface OpenedAdministrators {
  readonly deps: AdministratorDeps
  /** Makes the first password while there is no administrator; answers what the start says about it, or null. */
  offerFirstPassword(): Promise<string | null>
}

export function openAdministrators(
  store: Store,
  { sessionIdleMs, sessionMs }: Tuning['service'],
  onSignIn: AdministratorDeps['onSignIn'],
): OpenedAdministrators {
  const file = join(store.dataFolder.path, 'first-password')
  const deps = administration({
    store,
    times: { idleMs: sessionIdleMs, mostMs: sessionMs },
    onSignIn,
    forgetFirstPassword: () => rmSync(file, { force: true }),
  })
  return {
    deps,
    async offerFirstPassword() {
      const first = await deps.firstPassword.renew()
      if (first === null) return null
      // What is not a terminal is a log, which many may read for long.
      if (process.stderr.isTTY) return first.password
      replaceDurably(file, `${first.password}\n`)
      return `in the file ${file}`
    },
  }
}
