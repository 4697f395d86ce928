/** Runs `./waybill` as a person does: in a process of its own, on this terminal. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { asTyped, DemoStopped, say } from './say.ts'

const root = join(import.meta.dirname, '../..')
let stopped = false
let running: ReturnType<typeof spawn> | null = null

/** A terminal's Ctrl-C reaches the child by itself; SIGTERM is passed on. Either way it ends first, then we do. */
export function outliveSignals(): void {
  process.on('SIGINT', () => (stopped = true))
  for (const name of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      stopped = true
      running?.kill('SIGTERM')
    })
  }
}

/** Throws once a signal has come. */
export function stillWanted(): void {
  if (stopped) throw new DemoStopped('stopped')
}

/** Says the command and runs it; what it prints is seen at once, or answered when `capture` is set. */
export async function runWaybill(
  args: readonly string[],
  capture = false,
): Promise<{ code: number | null; stdout: string }> {
  stillWanted()
  say(`   $ ./waybill ${asTyped(args)}\n`)
  const child = spawn(join(root, 'waybill'), args, {
    cwd: root,
    stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'ignore' : 'inherit'],
  })
  running = child
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  running = null
  if (code === 130) throw new DemoStopped('stopped')
  stillWanted()
  return { code, stdout }
}
