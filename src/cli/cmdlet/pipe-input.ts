/** Objects that come through a pipe: one JSON object a line. */
import { fstatSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import type { PipeObject } from './shape.ts'

/** How long a pipe may be silent before somebody who waits is told what for. */
const SILENCE_MS = 3000

export type InputKind = 'terminal' | 'pipe' | 'socket' | 'file' | 'other'

/**
 * Between the cmdlets of a command line stands a pipe. ssh and programs that start us leave a socket open that nothing
 * will ever come through, cron /dev/null.
 */
export function inputKind(fd = 0): InputKind {
  try {
    const stat = fstatSync(fd)
    if (stat.isFIFO()) return 'pipe'
    if (stat.isSocket()) return 'socket'
    return stat.isFile() ? 'file' : 'terminal'
  } catch {
    return 'other'
  }
}

/** @throws Fault PIPELINE_INPUT at a line that is no object. */
export async function* pipeObjects(
  input: NodeJS.ReadableStream,
  onSilence: () => void = () => {},
): AsyncGenerator<PipeObject, void, undefined> {
  const silence = setTimeout(onSilence, SILENCE_MS)
  const lines = createInterface({ input, crlfDelay: Infinity })
  try {
    let number = 0
    for await (const line of lines) {
      clearTimeout(silence)
      number++
      if (line.trim() !== '') yield objectIn(line.replace(/^\u{feff}/u, ''), number)
    }
  } finally {
    clearTimeout(silence)
    lines.close()
  }
}

function objectIn(line: string, number: number): PipeObject {
  let why = 'is not an object'
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as PipeObject
  } catch {
    why = 'is not JSON'
  }
  const start = line.length > 60 ? `${line.slice(0, 60)}…` : line
  throw new Fault({
    code: 'PIPELINE_INPUT',
    scope: 'request',
    transient: false,
    message: `Line ${number} of what came through the pipe ${why}: ${safeText(start)}`,
    remedy:
      'Objects come as JSON Lines, as cmdlets write them into a pipe: Get-MigrationUser -Status Failed | Start-MigrationUser.',
  })
}
