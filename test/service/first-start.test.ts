import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { Served, environment } from './world.ts'
import { removeFolder } from '#test/remove-folder.ts'

const LAUNCHER = join(import.meta.dirname, '../../waybill')

test('Ctrl-C in the first start, while PostgreSQL is set up, reads like no damage, and the next start works', async () => {
  const folder = temporaryFolder('first-start')
  const dataFolder = join(folder, 'data')
  try {
    // A group of its own, as a terminal gives it: its Ctrl-C reaches every process of it.
    const child = spawn(LAUNCHER, ['serve', '--no-tcp'], {
      detached: true,
      env: { ...process.env, ...environment({ dataFolder }) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    await until('initdb is at work', () =>
      !existsSync(dataFolder)
        ? false
        : readdirSync(dataFolder).some(
            (name) => name.startsWith('postgres.new-') && existsSync(join(dataFolder, name, 'cluster')),
          ),
    )
    process.kill(-child.pid!, 'SIGINT')
    assert.equal(await ended, 0, said)
    assert.doesNotMatch(said, /could not be set up|Repair/)
    await using served = await Served.start({ dataFolder, args: ['--concurrency', '0'] })
    assert.equal((await served.ask('GET', '/batches')).status, 200)
  } finally {
    removeFolder(folder)
  }
})
