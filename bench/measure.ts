/** Runs one program and tells what it cost: read from /proc while it lives, so that any program can be compared. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Measured {
  readonly code: number | null
  /** It was killed because it had not ended when `limitMs` was over. */
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
  readonly wallSeconds: number
  /** User and system time of this process alone, up to 20 ms before its end. */
  readonly cpuSeconds: number
  readonly peakRssBytes: number
}

/** The kernel counts in hundredths of a second on every platform that Linux has (USER_HZ). */
const TICKS = 100

export async function measure(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly limitMs?: number } = {},
): Promise<Measured> {
  const startedAt = performance.now()
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-20_000)))
  let [cpuSeconds, peakRssBytes] = [0, 0]
  const look = () => {
    try {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      cpuSeconds = Math.max(cpuSeconds, (Number(fields[11]) + Number(fields[12])) / TICKS)
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))
      if (peak) peakRssBytes = Math.max(peakRssBytes, Number(peak[1]) * 1024)
    } catch {
      // It has just ended.
    }
  }
  const watch = setInterval(look, 20)
  let timedOut = false
  const giveUp = () => {
    timedOut = true
    child.kill('SIGKILL')
    // A child of its own may hold the pipes open, and 'close' waits for them.
    child.stdout.destroy()
    child.stderr.destroy()
  }
  const limit = options.limitMs === undefined ? undefined : setTimeout(giveUp, options.limitMs)
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code))
    })
    const wallSeconds = (performance.now() - startedAt) / 1000
    return { code, timedOut, stdout, stderr, wallSeconds, cpuSeconds, peakRssBytes }
  } finally {
    clearInterval(watch)
    clearTimeout(limit)
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
