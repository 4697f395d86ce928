/** Runs `./waybill` as a person does, in a process of its own that a test may kill or freeze. */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MigrateResult } from '#contract/migrate.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

const LAUNCHER = join(import.meta.dirname, '../../waybill')

export function startWaybill(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(LAUNCHER, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

export const waybill = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  startWaybill(args, env).ended

/** The result of `migrate --json`; throws with what the command said when there is none. */
export function resultOf(ended: Ended): MigrateResult {
  try {
    return JSON.parse(ended.stdout) as MigrateResult
  } catch {
    throw new Error(`waybill ended with ${ended.code ?? ended.signal} and no result:\n${ended.stderr}\n${ended.stdout}`)
  }
}

/** As root, PostgreSQL runs as another uid and has to pass through to its data folder. */
export function temporaryFolder(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `waybill-${name}-`))
  chmodSync(path, 0o711)
  return path
}

export function writeCsv(
  folder: string,
  rows: readonly (readonly string[])[],
  header = ['EmailAddress', 'UserName', 'Password'],
): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const path = join(folder, 'users.csv')
  writeFileSync(path, [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join(''), { mode: 0o600 })
  return path
}

export const readText = (path: string) => readFileSync(path, 'utf8')
