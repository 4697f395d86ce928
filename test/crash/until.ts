import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** In ms. What has to be asked for is asked often at first, then seldom: the answers cost whoever is waited for, too. */
const OFTEN = 3
const SELDOM = 20

/** Polls until `holds`; throws after 60 s unless told. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const end = Date.now() + ms
  for (let pause = OFTEN; ; pause = Math.min(SELDOM, pause * 1.2)) {
    const held = holds()
    if (await held) return
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for: ${what}`)
    await delay(held instanceof Promise ? pause : OFTEN)
  }
}

/** The state letter of a process (`T`: stopped by a signal); null when it is gone. */
export function stateOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
  } catch {
    return null
  }
}
