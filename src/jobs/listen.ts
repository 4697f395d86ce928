/** Hears what other processes of the service tell (store/service/wake.ts), over a connection of its own. */
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import type { Log } from '#base/log.ts'
import type { Store } from '#store/open.ts'
import { WAKE_CHANNEL, type Wake } from '#store/service/wake.ts'

export interface Listener extends AsyncDisposable {
  /** Calls back on each word of that kind, and on every reconnection, for words may have been missed. */
  on(what: Wake, heard: () => void): () => void
}

const RETRY_MS = 1_000

export function listen(store: Pick<Store, 'connection'>, log: Log): Listener {
  const heard = new Map<Wake, Set<() => void>>()
  const closing = new AbortController()
  let client: Client | null = null
  const tell = (what: string) => heard.get(what as Wake)?.forEach((one) => one())
  const run = async () => {
    while (!closing.signal.aborted) {
      const current = new Client({ ...store.connection, application_name: 'waybill listen', keepAlive: true })
      const ended = new Promise<void>((resolve) => {
        current.on('error', () => resolve())
        current.on('end', () => resolve())
      })
      try {
        client = current
        await current.connect()
        current.on('notification', ({ payload }) => tell(payload ?? ''))
        await current.query(`LISTEN ${WAKE_CHANNEL}`)
        for (const what of heard.keys()) tell(what)
        await ended
      } catch (thrown) {
        log.debug('listening failed', { said: thrown instanceof Error ? thrown.message : String(thrown) })
      }
      client = null
      await current.end().catch(() => undefined)
      await wait(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    on(what, one) {
      const all = heard.get(what) ?? new Set()
      heard.set(what, all.add(one))
      return () => void all.delete(one)
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await client?.end().catch(() => undefined)
      await running
    },
  }
}
