/** How far one user's pass is, and how long it will take. */
import { sentence } from '#base/sentence.ts'
import type { MigrateEvent } from '#contract/migrate.ts'
import { counted } from '#base/counted.ts'
import { count, duration } from './quantities.ts'

export interface Seen {
  total: number
  messages: number
  bytes: number
  readonly since: number
}

export const firstSeen = (total: number, now: number): Seen => ({ total, messages: 0, bytes: 0, since: now })

/** Empty while nothing can be said. */
export function timeLeft({ messages, total, since }: Seen, now: number): string {
  if (messages === 0 || messages >= total) return ''
  const seconds = Math.ceil((((now - since) / messages) * (total - messages)) / 1000)
  return `${seconds < 60 ? `${seconds} s` : duration(seconds * 1000)} left`
}

/** The line for an event that is no progress; null for one that has none. */
export function lineOf(event: MigrateEvent): string | null {
  switch (event.kind) {
    case 'warning':
      return `Warning: ${sentence(event.text)}`
    case 'stopping':
      return sentence(event.text)
    case 'accepted':
      return `${counted(event.users, 'user')} to migrate${event.badRows > 0 ? `, ${counted(event.badRows, 'row')} refused` : ''}`
    case 'started':
      return `${event.user}: logging in`
    case 'note':
      return `${event.user}: ${sentence(event.text)}`
    case 'finished': {
      const { emailAddress, status, carried, skipped, error } = event.user
      const left = skipped > 0 ? `, ${count(skipped)} skipped` : ''
      const did = error && carried === 0 ? status : `${status}, ${counted(carried, 'message')} carried${left}`
      return `${emailAddress}: ${did}${error ? `. ${sentence(error.message)}` : ''}`
    }
    case 'checked':
      return event.user.error
        ? `${event.user.emailAddress}: ${sentence(event.user.error.message)}`
        : `${event.user.emailAddress}: looked at`
    case 'planned':
    case 'progress':
      break
  }
  return null
}
