/** Progress for programs: one event a line. */
import { safeJson } from '#base/safe-json.ts'
import type { MigrateEvent } from '#contract/migrate.ts'
import type { ProgressView } from './render-progress.ts'

/** Landings are told about once a second for each user, added up since the last line. */
const EVERY_MS = 1_000

export function jsonView(stream: Pick<NodeJS.WriteStream, 'write'>, now: () => number = Date.now): ProgressView {
  const waiting = new Map<string, { messages: number; bytes: number; saidAt: number }>()
  const write = (event: MigrateEvent) => stream.write(`${safeJson(event)}\n`)
  const flush = (user: string) => {
    const seen = waiting.get(user)
    if (!seen || seen.messages === 0) return
    write({ kind: 'progress', user, messages: seen.messages, bytes: seen.bytes })
    waiting.set(user, { messages: 0, bytes: 0, saidAt: now() })
  }
  return {
    show(event) {
      if (event.kind === 'progress') {
        const { messages, bytes, saidAt } = waiting.get(event.user) ?? { messages: 0, bytes: 0, saidAt: now() }
        waiting.set(event.user, { messages: messages + event.messages, bytes: bytes + event.bytes, saidAt })
        if (now() - saidAt >= EVERY_MS) flush(event.user)
        return
      }
      if (event.kind === 'finished') {
        flush(event.user.emailAddress)
        waiting.delete(event.user.emailAddress)
      }
      write(event)
    },
    close() {},
  }
}
