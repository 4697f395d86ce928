/** Runs one program in the foreground and answers its exit code, as a shell would (128 + signal). */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { root } from './packages.mjs'

const ignore = () => {}

export async function run(node, args, env = {}) {
  const path = `${dirname(node)}:${process.env.PATH}`
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path, ...env } })
  // A terminal's Ctrl-C reaches the child by itself: we only have to outlive it. A lone SIGTERM is passed on.
  const pass = () => child.kill('SIGTERM')
  process.on('SIGINT', ignore).on('SIGTERM', pass)
  // npm hands on no signal that it gets alone: who stops npm wants what it runs to stop, too.
  const parent = process.ppid
  const orphaned = setInterval(() => process.ppid !== parent && (clearInterval(orphaned), pass()), 1000).unref()
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
    })
  } finally {
    clearInterval(orphaned)
    process.off('SIGINT', ignore).off('SIGTERM', pass)
  }
}
