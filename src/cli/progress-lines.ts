/** Progress for a log file or a pipe: a line for each change of state, and one every few seconds for each user on its way. */
import { type Seen, firstSeen, lineOf, timeLeft } from './progress-seen.ts'
import { counted } from '#base/counted.ts'
import { bytes, count } from './quantities.ts'
import type { ProgressView } from './render-progress.ts'
import { safeText } from '#base/safe-text.ts'

const EVERY_MS = 5_000

export function lineView(stream: Pick<NodeJS.WriteStream, 'write'>, now: () => number = Date.now): ProgressView {
  const shown = new Map<string, { seen: Seen; saidAt: number }>()
  const say = (text: string) => stream.write(`${safeText(text)}\n`)
  return {
    show(event) {
      switch (event.kind) {
        case 'planned': {
          const entry = shown.get(event.user)
          if (entry?.seen.total === event.messages) return
          if (entry) entry.seen.total = event.messages
          else shown.set(event.user, { seen: firstSeen(event.messages, now()), saidAt: now() })
          say(`${event.user}: ${counted(event.messages, 'message')} to look at`)
          return
        }
        case 'progress': {
          const entry = shown.get(event.user)
          if (!entry) return
          const { seen } = entry
          seen.messages += event.messages
          seen.bytes += event.bytes
          if (now() - entry.saidAt < EVERY_MS) return
          entry.saidAt = now()
          const done = `${count(seen.messages)} of ${counted(seen.total, 'message')}`
          say([`${event.user}: ${done}`, bytes(seen.bytes), timeLeft(seen, now())].filter(Boolean).join(', '))
          return
        }
        case 'finished':
          shown.delete(event.user.emailAddress)
          break
        case 'warning':
        case 'stopping':
        case 'accepted':
        case 'started':
        case 'note':
        case 'checked':
          break
      }
      const line = lineOf(event)
      if (line !== null) say(line)
    },
    close() {},
  }
}
