/** How a holder names where it runs: enough for another process to know whether its pid means anything to it. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** `mail1/4026531836-9f2c11aa`: the machine's name, its pid namespace (containers share names), its boot. */
export function hereName(): string {
  try {
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
    return `${hostname()}/${namespace}-${boot}`
  } catch {
    return hostname()
  }
}

/** The part for people. */
export const shownHost = (host: string): string => host.split('/')[0]!

/**
 * True when the holder ran here, in this namespace and boot, and its process is gone: it can write nothing any more,
 * so its lease need not be waited for. A frozen process still has its pid; a pid given out anew only costs a wait.
 */
export function isDeadHere(host: string | null, pid: number | null, here: string): boolean {
  if (host === null || pid === null || host !== here || !here.includes('/')) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
