import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Polls until `holds`; throws after 60 s unless told. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds());) {
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s for: ${what}`)
    await delay(3)
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
