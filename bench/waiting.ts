/** How long the target's connections waited for mail: what is left when they never wait is the target's own speed. */
import { readFileSync } from 'node:fs'

const EVERY_MS = 10

interface Seen {
  /** Looks between its first and last work, and those at which it waited. */
  looks: number
  waits: number
  /** Waits since it last worked: they count only if it works again. */
  pending: number
}

/** Watches the IMAP processes of a server from now on; `end` answers the share of time that the busiest `most` waited. */
export function watchWaiting(pids: () => number[], most: number): { end(): number } {
  const all = new Map<number, Seen>()
  let known: number[] = []
  let round = 0
  const look = () => {
    // To find new processes costs more than to look at those that are known.
    if (round++ % 10 === 0) known = pids().filter((pid) => read(pid, 'comm') === 'imap')
    for (const pid of known) {
      const seen = all.get(pid) ?? { looks: 0, waits: 0, pending: 0 }
      all.set(pid, seen)
      const waits = /^(ep_poll|do_epoll_wait|poll_schedule)/.test(read(pid, 'wchan'))
      if (waits) {
        if (seen.looks > 0) seen.pending++
        continue
      }
      seen.looks += seen.pending + 1
      seen.waits += seen.pending
      seen.pending = 0
    }
  }
  const timer = setInterval(look, EVERY_MS)
  return {
    end() {
      clearInterval(timer)
      const busiest = [...all.values()].sort((a, b) => b.looks - b.waits - a.looks + a.waits).slice(0, most)
      const sum = (of: (seen: Seen) => number) => busiest.reduce((total, seen) => total + of(seen), 0)
      return (
        sum(({ waits }) => waits) /
        Math.max(
          1,
          sum(({ looks }) => looks),
        )
      )
    },
  }
}

function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1').trim()
  } catch {
    // It has just ended.
    return ''
  }
}
