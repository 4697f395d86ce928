/**
 * Ends what a killed test process leaves behind: reads `+ PID FOLDER` and `- PID` from a pipe, and when the pipe ends
 * kills the instances that are still listed and removes their folders. Runs as a process of its own.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { killInstance } from './processes.ts'

let reaper: ChildProcess | null = null

/** From now on the instance led by `pid` dies with this process, however it dies. */
export function watchOver(pid: number, folder: string): void {
  reaper ??= spawnReaper()
  reaper.stdin?.write(`+ ${pid} ${folder}\n`)
}

/** The instance has been stopped by its owner. */
export function release(pid: number): void {
  reaper?.stdin?.write(`- ${pid}\n`)
}

function spawnReaper(): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  })
  child.unref()
  // A pipe is a socket underneath, and must not keep us alive either.
  if (child.stdin instanceof Socket) child.stdin.unref()
  return child
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const watched = new Map<number, string>()
  for await (const line of createInterface({ input: process.stdin })) {
    const [sign, pid, ...folder] = line.split(' ')
    if (sign === '+') watched.set(Number(pid), folder.join(' '))
    else watched.delete(Number(pid))
  }
  for (const [pid, folder] of watched) {
    killInstance(pid)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
