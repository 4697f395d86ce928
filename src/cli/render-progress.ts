/** What is seen while a migration runs: bars with the time left on a terminal, plain lines otherwise. */
import cliProgress from 'cli-progress'
import type { MigrateEvent } from '#contract/migrate.ts'
import { bytes, duration } from './render-result.ts'
import { safeText } from './safe-text.ts'

export interface ProgressView {
  show(event: MigrateEvent): void
  close(): void
}

export function progressView(stream: NodeJS.WriteStream, json: boolean): ProgressView {
  if (json) return jsonView(stream)
  return stream.isTTY ? barView(stream) : lineView(stream)
}

function jsonView(stream: NodeJS.WriteStream): ProgressView {
  return {
    show(event) {
      if (event.kind !== 'progress') stream.write(`${JSON.stringify(event)}\n`)
    },
    close() {},
  }
}

interface Seen {
  total: number
  messages: number
  bytes: number
  since: number
}

function barView(stream: NodeJS.WriteStream): ProgressView {
  const bars = new cliProgress.MultiBar(
    {
      stream,
      hideCursor: true,
      clearOnComplete: false,
      etaBuffer: 200,
      format: '{user} [{bar}] {value}/{total} messages, {size}, {left}',
      autopadding: true,
    },
    cliProgress.Presets.shades_classic,
  )
  const shown = new Map<string, { bar: cliProgress.SingleBar; seen: Seen }>()
  const say = (text: string) => bars.log(`${safeText(text)}\n`)
  return {
    show(event) {
      switch (event.kind) {
        case 'planned': {
          const seen = { total: event.messages, messages: 0, bytes: 0, since: Date.now() }
          const bar = bars.create(event.messages, 0, { user: safeText(event.user), size: '0 B', left: '' })
          shown.set(event.user, { bar, seen })
          return
        }
        case 'progress': {
          const entry = shown.get(event.user)
          if (!entry) return
          const { bar, seen } = entry
          seen.messages += event.messages
          seen.bytes += event.bytes
          if (seen.messages > bar.getTotal()) bar.setTotal(seen.messages)
          bar.update(seen.messages, { size: bytes(seen.bytes), left: timeLeft(seen) })
          return
        }
        case 'finished': {
          const entry = shown.get(event.user.emailAddress)
          entry?.bar.update(entry.seen.messages, { left: event.user.status })
          entry?.bar.stop()
          return
        }
        default: {
          const line = lineOf(event)
          if (line) say(line)
        }
      }
    },
    close: () => bars.stop(),
  }
}

/** A line for each change of state, and one every few seconds for each user on its way. */
const EVERY_MS = 5_000

function lineView(stream: NodeJS.WriteStream): ProgressView {
  const shown = new Map<string, Seen & { said: number }>()
  const say = (text: string) => stream.write(`${safeText(text)}\n`)
  return {
    show(event) {
      switch (event.kind) {
        case 'planned':
          shown.set(event.user, { total: event.messages, messages: 0, bytes: 0, since: Date.now(), said: Date.now() })
          say(`${event.user}: ${event.messages} messages to look at`)
          return
        case 'progress': {
          const seen = shown.get(event.user)
          if (!seen) return
          seen.messages += event.messages
          seen.bytes += event.bytes
          if (Date.now() - seen.said < EVERY_MS) return
          seen.said = Date.now()
          say(`${event.user}: ${seen.messages} of ${seen.total} messages, ${bytes(seen.bytes)}, ${timeLeft(seen)}`)
          return
        }
        default: {
          const line = lineOf(event)
          if (line) say(line)
        }
      }
    },
    close() {},
  }
}

function timeLeft(seen: Seen): string {
  if (seen.messages === 0 || seen.messages >= seen.total) return ''
  const perMessage = (Date.now() - seen.since) / seen.messages
  return `${duration(perMessage * (seen.total - seen.messages))} left`
}

function lineOf(event: MigrateEvent): string | null {
  switch (event.kind) {
    case 'warning':
      return `Warning: ${event.text}`
    case 'accepted':
      return `${event.users} users${event.badRows > 0 ? `, ${event.badRows} rows refused` : ''}`
    case 'started':
      return `${event.user}: logging in`
    case 'note':
      return `${event.user}: ${event.text}`
    case 'finished': {
      const { emailAddress, status, carried, error } = event.user
      return `${emailAddress}: ${status}, ${carried} messages carried${error ? `. ${error.message}` : ''}`
    }
    case 'planned':
    case 'progress':
    case 'checked':
      return null
  }
}
