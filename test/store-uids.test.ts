import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { instanceHash, RUN } from '#store/embedded/socket-folder.ts'
import { chooseUid, claims, claimUid } from '#store/embedded/uid-claims.ts'
import { openStore } from '#store/open.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const home = temporaryFolder('uids')
after(() => removeFolder(home))

const me = process.getuid?.() ?? 0
const none = new Set<number>()
let worlds = 0

/** A /run/waybill of our own, and data folders below `data`. */
function world() {
  const at = join(home, `${++worlds}`)
  const run = join(at, 'run')
  mkdirSync(run, { recursive: true })
  const folder = (name: string) => {
    const path = join(at, 'data', name)
    mkdirSync(path, { recursive: true })
    return path
  }
  const choose = (name: string, uids: readonly number[], shunned = none) => chooseUid(run, uids, shunned, folder(name))
  return { run, folder, choose, uid: (name: string, uid: number) => claimUid(run, uid, folder(name)) }
}

test('a uid whose data folder was deleted is given again, with its socket folder gone; others keep theirs', () => {
  const { run, folder, choose } = world()
  assert.equal(choose('a', [me, 11]), me)
  assert.equal(choose('b', [me, 11]), 11)
  const socket = join(run, instanceHash(folder('a')))
  mkdirSync(socket)
  writeFileSync(join(socket, '.s.PGSQL.5432'), '')
  assert.equal(choose('c', [me, 11]), null)
  rmSync(folder('a'), { recursive: true })
  assert.equal(choose('c', [me, 11]), me)
  assert.equal(existsSync(socket), false)
  assert.deepEqual(
    [...claims(run)].sort(),
    [
      [me, folder('c')],
      [11, folder('b')],
    ].sort(),
  )
  assert.equal(choose('d', [me, 11]), null)
})

test('a uid that nobody had comes before one of a deleted data folder', () => {
  const { folder, choose } = world()
  assert.equal(choose('a', [10, 11]), 10)
  rmSync(folder('a'), { recursive: true })
  assert.equal(choose('b', [10, 11]), 11)
})

test('a data folder that is only unmounted keeps its uid', () => {
  const { run, folder, choose } = world()
  assert.equal(choose('mounted/a', [10]), 10)
  const claim = JSON.parse(readFileSync(join(run, 'uid-10'), 'utf8')) as { device: number }
  writeFileSync(
    join(run, 'uid-10'),
    JSON.stringify({ ...claim, folder: folder('mounted/a'), device: claim.device + 1 }),
  )
  rmSync(folder('mounted/a'), { recursive: true })
  assert.equal(choose('b', [10]), null)
})

test('a data folder that is made again takes its own uid, and no second one', () => {
  const { run, folder, choose } = world()
  for (let round = 0; round < 3; round++) {
    assert.equal(choose('a', [10, 11]), 10)
    rmSync(folder('a'), { recursive: true })
  }
  assert.deepEqual([...claims(run).keys()], [10])
})

test('a uid with a socket folder of an older Waybill is not given away, and neither is a claim that cannot be read', () => {
  const { run, choose } = world()
  writeFileSync(join(run, 'uid-11'), '')
  assert.equal(choose('a', [10, 11], new Set([10])), null)
})

test('of many starts at once no two get the same uid, whether it was free or of a deleted folder', async () => {
  const { run, folder, uid } = world()
  const uids = Array.from({ length: 12 }, (_, n) => 20 + n)
  for (const n of uids.slice(0, 6)) {
    assert.equal(uid(`gone${n}`, n), true)
    rmSync(folder(`gone${n}`), { recursive: true })
  }
  const program = `
    import { chooseUid } from '#store/embedded/uid-claims.ts'
    process.stdin.once('data', () => {
      for (const folder of ${JSON.stringify(['x', 'y', 'z'])})
        console.log(chooseUid(${JSON.stringify(run)}, ${JSON.stringify(uids)}, new Set(), process.argv[1] + folder))
      process.stdin.destroy()
    })
    console.log('ready')`
  const children = [0, 1, 2, 3].map((n) => {
    const base = folder(`new${n}`)
    for (const name of ['x', 'y', 'z']) folder(`new${n}${name}`)
    return spawn(process.execPath, ['--input-type=module', '-e', program, base], { stdio: ['pipe', 'pipe', 'inherit'] })
  })
  const said = children.map((child) => {
    const ready = new Promise((resolve) => child.stdout.once('readable', resolve))
    return { ready, all: text(child.stdout) }
  })
  await Promise.all(said.map(({ ready }) => ready))
  for (const child of children) child.stdin.end('go')
  const answers = (await Promise.all(said.map(({ all }) => all))).flatMap((lines) => lines.trim().split('\n').slice(1))
  assert.equal(answers.length, 12)
  // Who loses the last one to another start is told that there is none.
  const given = answers.filter((answer) => answer !== 'null').map(Number)
  assert.ok(given.length > 8, `${given.length} of 12`)
  assert.equal(new Set(given).size, given.length)
  const held = claims(run)
  assert.equal(new Set(given.map((n) => held.get(n))).size, given.length)
  assert.deepEqual(
    readdirSync(run).filter((name) => !/^uid-\d+$/.test(name)),
    [],
  )
})

test(
  'a start leaves a claim that names its data folder',
  { skip: me !== 0 && 'PostgreSQL runs as ourselves' },
  async () => {
    const folder = join(home, 'real')
    mkdirSync(folder, { recursive: true })
    await using store = await openStore({ dataFolder: folder, log: silentLog })
    const uid = Number(readFileSync(join(folder, 'postgres-uid'), 'utf8'))
    assert.equal(claims(RUN).get(uid), folder)
    assert.equal((await store.pool.query('select 1')).rowCount, 1)
  },
)
