/** No room: on the target, for the target's user, or for ourselves. One clear sentence, and after the remedy the same command. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startedBefore } from '#test/data-folder.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { type SmallImap, startSmallImap } from '#test/servers/small-imap/server.ts'
import { compare } from '#test/worlds/compare.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { login } from './moving.ts'
import { type Ended, resultOf, temporaryFolder, waybill, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const at = temporaryFolder('faults-disk')
const QUICK = { WAYBILL_TUNING: JSON.stringify({ retryMs: 20, settleMs: 0, mostFaults: 8 }) }

const mounted: string[] = []
before(() => startedBefore(join(at, 'data')))
after(() => {
  for (const path of mounted) execFileSync('umount', ['-l', path])
  removeFolder(at)
})

/** A file system of its own, whose size can be changed; null where this user may not mount one. */
function mountSmall(name: string, megabytes: number): { path: string; resize(megabytes: number): void } | null {
  const path = join(at, name)
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'none', path], { stdio: 'ignore' })
  } catch {
    return null
  }
  mounted.push(path)
  return {
    path,
    resize: (mb) => execFileSync('mount', ['-o', `remount,size=${mb}m`, path]),
  }
}

const noMount =
  process.getuid?.() === 0
    ? mountSmall('probe', 1)
      ? false
      : 'no file system can be mounted here'
    : 'only root may mount a small file system'

const mail = [folder('INBOX', everydayMessages(1, 300, 4_000)), folder('Sent', everydayMessages(2, 40, 3_000))]

async function sourceFor(...users: string[]): Promise<SmallImap> {
  return startSmallImap({ users: Object.fromEntries(users.map((user) => [user, { password: 'pass', folders: mail }])) })
}

const from = ({ port }: { port: number }) => ['--source', `imap://127.0.0.1:${port}`, '--source-security', 'none']

/** Said once, where people read it. */
function says(text: string, ...sentences: readonly (string | RegExp)[]): void {
  for (const sentence of sentences) {
    const times =
      typeof sentence === 'string'
        ? text.split(sentence).length - 1
        : (text.match(new RegExp(sentence, `g${sentence.flags}`)) ?? []).length
    assert.equal(times, 1, `${String(sentence)} once in:\n${text}`)
  }
  assert.doesNotMatch(text, /\.\.(?!\.)|undefined|\[object|\bError:/, text)
}

const failed = (ended: Ended): Ended => {
  assert.equal(ended.code, 2, `${ended.stderr}\n${ended.stdout}`)
  return ended
}

suite('no room', { timeout: 240_000 }, () => {
  test(
    'on the disk of a Maildir target: named with the remedy, and nothing half-written is left',
    { skip: noMount },
    async () => {
      const disk = mountSmall('maildir-disk', 1)!
      await using source = await sourceFor('a', 'b')
      const csv = writeCsv(folderFor('maildir'), [
        ['a@x.example', 'a', 'pass'],
        ['b@x.example', 'b', 'pass'],
      ])
      const command = ['migrate', csv, ...from(source), '--target', `maildir:${disk.path}`, '--data', join(at, 'data')]
      const first = failed(await waybill(command, QUICK))
      for (const [row, user] of [
        [2, 'a'],
        [3, 'b'],
      ] as const) {
        says(first.stdout, new RegExp(`^${user}@x\\.example \\(row ${row}\\): .*because the disk is full: ENOSPC`, 'm'))
        says(
          first.stdout,
          new RegExp(`  Free space on the file system that holds .*/${user}@x\\.example.*, then start it again: `),
        )
      }
      disk.resize(64)
      const second = await waybill([...command, '--json'], QUICK)
      assert.equal(second.code, 0, second.stdout)
      for (const user of ['a', 'b']) {
        const before = await snapshot(login(source, user))
        assert.deepEqual(compare(before, readMaildir(join(disk.path, `${user}@x.example`))), [])
      }
      const third = resultOf(await waybill([...command, '--json'], QUICK))
      assert.deepEqual(
        third.users.map(({ carried }) => carried),
        [0, 0],
      )
    },
  )

  test(
    'on the disk of an IMAP target: named with the remedy, no mail is called bad',
    { skip: noMount || dovecotMissing() },
    async () => {
      const disk = mountSmall('imap-disk', 1)!
      await using source = await sourceFor('a', 'b')
      chmodSync(disk.path, 0o777)
      await using target = await startDovecot({
        users: { a: { password: 'pass', home: join(disk.path, 'a') }, b: 'pass' },
      })
      const csv = writeCsv(
        folderFor('imap'),
        ['a', 'b'].map((user) => [`${user}@y.example`, user, 'pass', user, 'pass']),
        ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword'],
      )
      const command = [
        'migrate',
        csv,
        ...from(source),
        '--target',
        `imap://127.0.0.1:${target.port}`,
        '--target-security',
        'none',
        '--data',
        join(at, 'data'),
      ]
      const first = failed(await waybill(command, QUICK))
      assert.match(first.stdout, /^b@y\.example +Synced +340 +340 +0 /m)
      assert.match(first.stdout, /^a@y\.example +Failed +\d+ +\d+ +0 /m)
      says(
        first.stdout,
        /^a@y\.example \(row 2\): The target takes no mail for folder (?:INBOX|Sent) just now: the target answered \[SERVERBUG\] /m,
        "  Look into the target's log for the reason (a full disk shows itself like this, too), then start it again",
      )
      disk.resize(64)
      const second = await waybill([...command, '--json'], QUICK)
      assert.equal(second.code, 0, second.stdout)
      for (const user of ['a', 'b']) {
        assert.deepEqual(compare(await snapshot(login(source, user)), await snapshot(login(target, user))), [])
      }
      const third = resultOf(await waybill([...command, '--json'], QUICK))
      assert.deepEqual(
        third.users.map(({ carried }) => carried),
        [0, 0],
      )
    },
  )

  for (const when of ['from the start', 'in the middle'] as const) {
    test(
      `for our own data folder, ${when}: named with the remedy, and nothing is lost or doubled`,
      { skip: noMount },
      async () => {
        const disk = mountSmall(`data-disk-${when.replaceAll(' ', '-')}`, when === 'from the start' ? 20 : 200)!
        chmodSync(disk.path, 0o711)
        await using source = await sourceFor('a', 'b')
        await using target = await startSmallImap({ users: { a: { password: 'pass' }, b: { password: 'pass' } } })
        const csv = writeCsv(
          folderFor(`data-${when.length}`),
          ['a', 'b'].map((user) => [`${user}@z.example`, user, 'pass', user, 'pass']),
          ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword'],
        )
        const data = join(disk.path, 'data')
        const command = [
          'migrate',
          csv,
          ...from(source),
          '--target',
          `imap://127.0.0.1:${target.port}`,
          '--target-security',
          'none',
          '--data',
          data,
        ]
        if (when === 'in the middle') {
          // The database is made and used; then the disk fills while mail is on its way.
          let appends = 0
          target.faults = {
            append: () => {
              if (++appends === 2) fillUp(disk.path)
              return undefined
            },
          }
        }
        const first = await waybill(command, QUICK)
        assert.ok(first.code === 2 || first.code === 4, String(first.code))
        says(
          first.stderr,
          ...(when === 'from the start'
            ? [
                /[Tt]he disk of the data folder .* is full/,
                /Free space on the file system that holds .*, then try again: what had begun goes on/,
              ]
            : [
                /^a@z\.example: Failed(?:, \d+ messages carried)?\. The disk of the data folder .* is full/m,
                /^b@z\.example: Failed(?:, \d+ messages carried)?\. The disk of the data folder .* is full/m,
                /The report .* could not be written: ENOSPC\./,
                'Make room, then start it again.',
              ]),
        )
        rmSync(join(disk.path, 'ballast'), { force: true })
        disk.resize(400)
        target.faults = {}
        const second = await waybill([...command, '--json'], QUICK)
        assert.equal(second.code, 0, second.stdout + second.stderr)
        for (const user of ['a', 'b']) {
          assert.deepEqual(compare(await snapshot(login(source, user)), await snapshot(login(target, user))), [])
        }
        const third = resultOf(await waybill([...command, '--json'], QUICK))
        assert.deepEqual(
          third.users.map(({ carried }) => carried),
          [0, 0],
        )
      },
    )
  }
})

function folderFor(name: string): string {
  mkdirSync(join(at, name), { recursive: true })
  return join(at, name)
}

/** Leaves not a byte. */
function fillUp(path: string): void {
  const { bavail, bsize } = statfsSync(path)
  try {
    writeFileSync(join(path, 'ballast'), Buffer.alloc(bavail * bsize + 4096))
  } catch {
    // Full is what it is to be.
  }
}
