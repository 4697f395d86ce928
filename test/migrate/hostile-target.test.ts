/** Targets that refuse, lie, come late or never answer: every message is there exactly once, and nothing else was done. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, suite, test } from 'node:test'
import type { AppendMisbehaviour, Faults, ToldAppend } from '#test/servers/small-imap/faults.ts'
import { type SmallImapOptions, startSmallImap } from '#test/servers/small-imap/server.ts'
import { setFlags } from '#test/servers/small-imap/store.ts'
import { compare } from '#test/worlds/compare.ts'
import { type PlannedFolder, everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { commandsInBody } from '#test/worlds/nasty.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { login, startMoving } from './moving.ts'

const moving = await startMoving('hostile-target')
after(() => moving[Symbol.asyncDispose]())

const mail = (seed = 1, inbox = 30): PlannedFolder[] => [
  folder('INBOX', everydayMessages(seed, inbox, 700)),
  folder('Sent', everydayMessages(seed + 1, 5, 500)),
]

let pairs = 0
/** An honest source and a target that is as told; a pair of its own for each test. */
async function pair(folders: readonly PlannedFolder[], options: SmallImapOptions = {}) {
  const user = `t${++pairs}`
  const source = await startSmallImap({ users: { [user]: { password: 'pass', folders } } })
  const target = await startSmallImap({ users: { [user]: { password: 'pass' } }, ...options })
  const stack = new AsyncDisposableStack()
  stack.use(source)
  stack.use(target)
  return {
    user,
    source,
    target,
    inbox: () => target.mailboxes.get(user)!.at('INBOX')!,
    sourceInbox: () => source.mailboxes.get(user)!.at('INBOX')!,
    run: async () => {
      const result = await moving.run([user], source, target)
      return { ...result.users[0]!, skippedCsv: result.skippedCsv }
    },
    async differences() {
      return compare(await snapshot(login(source, user)), await snapshot(login(target, user)))
    },
    /** Equal, and one more pass appends nothing. */
    async done() {
      assert.deepEqual(await this.differences(), [])
      const again = await this.run()
      assert.equal(again.status, 'Synced', JSON.stringify(again.error))
      assert.equal(again.carried, 0, 'one more pass appends nothing')
      assert.deepEqual(await this.differences(), [])
    },
    /** Flags that change on the source reach the copies of the same messages. */
    async flagsFollow() {
      const from = this.sourceInbox()
      for (const one of from.messages) setFlags(from, one, one.uid % 3 === 0 ? ['\\Flagged'] : ['\\Seen', '\\Answered'])
      const again = await this.run()
      assert.equal(again.status, 'Synced', JSON.stringify(again.error))
      assert.equal(again.carried, 0)
      assert.deepEqual(await this.differences(), [])
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Misbehaves the first `times` times. */
function first(times: number, fault: AppendMisbehaviour): Faults {
  let left = times
  return { append: () => (left-- > 0 ? fault : undefined) }
}

/** The first group of the inbox is stored late, after its connection was dropped. */
function lateInbox(due: Promise<void>): Faults {
  let late = false
  return {
    append: (told) => {
      if (told.folder !== 'INBOX' || late) return undefined
      late = true
      return { dropAndStoreAfter: due }
    },
  }
}

const holds = (told: ToldAppend, text: string) => told.messages.some(({ content }) => content.includes(text))

suite('a target', { timeout: 120_000 }, () => {
  for (const without of [[], ['MULTIAPPEND']]) {
    test(`that refuses one message of a group${without.length ? ', one by one' : ''}: only that one is skipped, with its words`, async () => {
      const folders = [
        folder('INBOX', [
          ...everydayMessages(3, 20, 600),
          message('bad', 'Subject: bad one\r\n\r\nEICAR\r\n'),
          ...everydayMessages(4, 20, 600),
        ]),
      ]
      await using one = await pair(folders, { without })
      one.target.faults = { append: (told) => (holds(told, 'EICAR') ? { no: 'this holds a virus' } : undefined) }
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      assert.deepEqual([user.items, user.skipped], [40, 1])
      assert.match(
        readFileSync(user.skippedCsv!, 'utf8'),
        /INBOX,21,.*,bad one,bad,the target refused it: this holds a virus,no/,
      )
      assert.equal((await one.differences()).length, 1)
      one.target.faults = {}
      assert.equal((await one.run()).carried, 0)
    })
  }

  for (const without of [[], ['MULTIAPPEND'], ['LITERAL+'], ['LITERAL+', 'MULTIAPPEND']]) {
    const evil = (name: string, flags: readonly string[], date?: string) =>
      message(name, `Subject: ${name}\r\n\r\n${commandsInBody}`, flags, date)
    const folders = [
      folder('INBOX', [
        ...everydayMessages(5, 10, 600),
        evil('evil keyword', ['Unheard-Of']),
        evil('evil date', [], '1931-01-02T03:04:05Z'),
        evil('evil no more', ['\\Seen']),
        ...everydayMessages(6, 10, 600),
      ]),
    ]
    const lacking = `without ${without.join(', ') || 'nothing'}`
    /** Nothing but what we send ourselves, and all of it sent as we write it. */
    const nothingExecuted = (target: { readonly commands: readonly string[] }) => {
      const ours =
        /^\d+ (?:AUTHENTICATE|LOGIN|CAPABILITY|NOOP|LOGOUT|ENABLE|ID \(|NAMESPACE|(?:LIST|LSUB|STATUS|CREATE|SUBSCRIBE|SELECT) |UID (?:FETCH|STORE) \d|APPEND "INBOX" )/
      assert.deepEqual(
        target.commands.filter((line) => !ours.test(line) || /pwned/.test(line)),
        [],
      )
    }

    test(`that answers BAD to an APPEND line and reads the mail as commands (${lacking}): executes none of them`, async () => {
      await using one = await pair(folders, { without })
      one.target.faults = { badBeforeLiteral: (line) => /Unheard-Of[^()]*\)[^(]*$|-1931 [^(]*$/i.test(line) }
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      nothingExecuted(one.target)
      assert.deepEqual([user.items, user.skipped], [21, 2])
      const skipped = readFileSync(user.skippedCsv!, 'utf8')
      for (const name of ['keyword', 'date']) {
        assert.match(skipped, new RegExp(`,evil ${name},bad,the target does not understand .*: BAD refused,yes`))
      }
      one.target.faults = {}
      assert.equal((await one.run()).carried, 2)
      await one.done()
    })

    test(`that takes a mail and answers BAD (${lacking}): that mail is skipped, the others arrive once`, async () => {
      await using one = await pair(folders, { without })
      let refused = 0
      one.target.faults = {
        command: ({ verb, args }) => {
          if (verb !== 'APPEND' || !args.includes('Unheard-Of')) return undefined
          refused++
          return { bad: 'cannot read this' }
        },
      }
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      assert.deepEqual([user.items, user.skipped], [22, 1])
      assert.ok(refused <= 6, `${refused} times`)
      nothingExecuted(one.target)
      one.target.faults = {}
      assert.equal((await one.run()).carried, 1)
      await one.done()
    })
  }

  const lies: readonly (readonly [string, (told: ToldAppend, honest: string) => string | null])[] = [
    ['nothing', () => null],
    ['too few', (_, honest) => honest.replace(/:\d+$/, '')],
    ['too many', (_, honest) => honest.replace(/(\d+)$/, (last) => `${Number(last) + 1}`)],
    ['another validity', (_, honest) => honest.replace(/ \d+ /, ' 4711 ')],
    ['UIDs from before', (told, honest) => honest.replace(/ (\S+)$/, () => ` 1:${told.messages.length}`)],
    ['the same again', (told, honest) => honest.replace(/ (\S+)$/, () => ` 7:${6 + told.messages.length}`)],
    ['the first UID again and again', (_, honest) => honest.replace(/ \S+$/, ' 3')],
    ['UIDs yet to come', (told, honest) => honest.replace(/ (\S+)$/, () => ` 9001:${9000 + told.messages.length}`)],
    ['in reverse', (_, honest) => honest.replace(/ (\d+):(\d+)$/, ' $2:$1')],
    ['words', () => 'APPENDUID x y'],
    ['a huge set', () => 'APPENDUID 1 1:4294967295'],
  ]
  for (const [what, appendUid] of lies) {
    const without = what.includes('again and again') ? ['MULTIAPPEND'] : []
    test(`whose APPENDUID says ${what}: once each, and later flags reach the right copies`, async () => {
      await using one = await pair(mail(11), { without, faults: { appendUid } })
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      assert.deepEqual(await one.differences(), [])
      await one.flagsFollow()
      await one.done()
    })
  }

  const losses: readonly (readonly [string, AppendMisbehaviour])[] = [
    ['stores and then drops the connection', 'store-then-drop'],
    ['drops the connection before it stores', 'drop'],
    ['stores a part of a group and drops', { storeOnly: 5 }],
  ]
  for (const [what, fault] of losses) {
    test(`that ${what}: the same run goes on, nothing twice`, async () => {
      await using one = await pair(mail(21), { faults: first(3, fault) })
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      await one.done()
    })
  }

  test('that stores long after it dropped the connection: our second copies are removed, by UID', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using one = await pair(mail(31), { faults: first(1, { dropAndStoreAfter: promise }) })
    assert.equal((await one.run()).status, 'Synced')
    assert.deepEqual(await one.differences(), [])
    resolve()
    await one.target.settled()
    assert.notDeepEqual(await one.differences(), [], 'the late copies are there')
    const again = await one.run()
    assert.equal(again.carried, 0)
    await one.done()
    await one.flagsFollow()
    assert.deepEqual(
      one.target.commands.filter((line) => line.endsWith(' EXPUNGE')),
      [],
    )
  })

  test('that stores late and then gives its UIDs to other mail in silence: doubles are removed, flags reach the right copies', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using one = await pair(mail(33), { faults: lateInbox(promise) })
    assert.equal((await one.run()).status, 'Synced')
    const before = one.inbox().messages.length
    resolve()
    await one.target.settled()
    // As Dovecot does when it finds its list of UIDs broken: what came late has the first ones, in another order.
    const { messages } = one.inbox()
    const uids = messages.map(({ uid }) => uid)
    const moved = [...messages.slice(before).toReversed(), ...messages.slice(0, before)]
    messages.splice(0, messages.length, ...moved.map((one, at) => ({ ...one, uid: uids[at]! })))
    const again = await one.run()
    assert.equal(again.carried, 0)
    assert.match(
      again.notes.join('\n'),
      /has renumbered its messages without saying so; of 30 messages 30 were recognised/,
    )
    await one.done()
    await one.flagsFollow()
  })

  test('that stores late and has no UIDPLUS: our second copies are removed, one by one', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using one = await pair(mail(35), { without: ['UIDPLUS'], faults: lateInbox(promise) })
    assert.equal((await one.run()).status, 'Synced')
    resolve()
    await one.target.settled()
    assert.notDeepEqual(await one.differences(), [], 'the late copies are there')
    const again = await one.run()
    assert.equal(again.carried, 0)
    assert.deepEqual(again.notes, [])
    await one.done()
    await one.flagsFollow()
  })

  test('that stores late, has no UIDPLUS, and holds what somebody has marked \\Deleted: both copies stay and are told, and nobody else loses mail', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    await using one = await pair(mail(41), { without: ['UIDPLUS'], faults: lateInbox(promise) })
    assert.equal((await one.run()).status, 'Synced')
    setFlags(one.inbox(), one.inbox().messages[0]!, ['\\Deleted'])
    const before = one.inbox().messages.length
    resolve()
    await one.target.settled()
    const late = one.inbox().messages.length - before
    const again = await one.run()
    assert.equal(again.status, 'Synced')
    assert.equal(again.carried, 0)
    assert.equal(again.notes.filter((note) => /is there twice; /.test(note)).length, late)
    assert.equal(one.inbox().messages.length, before + late, 'nothing is removed')
    assert.ok(!one.target.commands.some((line) => /EXPUNGE|CLOSE/.test(line)))
  })

  for (const words of [
    '[UNAVAILABLE] a part is down',
    '[INUSE] in use',
    '[LIMIT] at a limit',
    '[SERVERBUG] something broke',
    '[X-NEVER-HEARD] what',
  ]) {
    test(`that answers NO ${words} to a group for a while: nobody fails, nothing is skipped`, async () => {
      await using one = await pair(mail(51), { faults: first(4, { no: words }) })
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      assert.equal(user.skipped, 0)
      await one.done()
    })
  }

  test('whose folder goes while mail is on its way ([TRYCREATE]): one sentence, the other folder arrives, the next run brings the rest', async () => {
    await using one = await pair(mail(61))
    one.target.faults = {
      append: ({ folder: to }) => (to === 'Sent' ? { no: '[TRYCREATE] no such mailbox' } : undefined),
    }
    const user = await one.run()
    assert.equal(user.status, 'Failed')
    assert.match(
      user.error!.message,
      /^Folder Sent of the target takes no mail: the target answered \[TRYCREATE\] no such mailbox\.$/,
    )
    assert.ok(user.error!.remedy)
    assert.equal(one.inbox().messages.length, 30)
    one.target.faults = {}
    assert.equal((await one.run()).carried, 5)
    await one.done()
  })

  test('that says only in words that it is over quota: held as over quota, and no message is called bad', async () => {
    for (const words of ['Quota exceeded (mailbox for user is full)', 'Not enough disk space', '[OVERQUOTA] full']) {
      await using one = await pair(mail(71))
      let left = 20
      one.target.faults = { append: ({ messages }) => ((left -= messages.length) < 0 ? { no: words } : undefined) }
      const user = await one.run()
      assert.equal(user.status, 'Failed')
      assert.equal(user.error?.code, 'TARGET_OVER_QUOTA')
      assert.match(user.error.remedy ?? '', /quota/)
      assert.equal(user.skipped, 0)
      one.target.faults = {}
      assert.equal((await one.run()).status, 'Synced')
      await one.done()
    }
  })

  test('that refuses everything with the same words: the folder is given up, with the words, and can go on later', async () => {
    await using one = await pair(mail(81, 60))
    one.target.faults = { append: ({ folder: to }) => (to === 'INBOX' ? { no: 'policy 17' } : undefined) }
    const user = await one.run()
    assert.equal(user.status, 'Failed')
    assert.match(
      user.error!.message,
      /^Folder INBOX: the target refused 20 messages in a row with the same words: policy 17/,
    )
    one.target.faults = {}
    assert.equal((await one.run()).status, 'Synced')
  })

  for (const limit of [1, 2, 3]) {
    test(`that takes ${limit + 1} connections and no more: it goes on with fewer`, async () => {
      await using one = await pair(mail(91))
      const said = [
        'Too many simultaneous connections. (Failure)',
        '[LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=3)',
        '[INUSE] too many sessions',
      ][limit - 1]!
      one.target.faults = {
        command: ({ verb }) =>
          verb === 'AUTHENTICATE' && one.target.connections() > limit + 1 ? { no: said } : undefined,
      }
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      await one.done()
    })
  }

  test('that asks for a wait is given it, whatever our own patience says', async () => {
    await using one = await pair(mail(95))
    const asked: number[] = []
    one.target.faults = {
      append: () =>
        asked.push(performance.now()) === 1
          ? { no: 'Request is throttled. Suggested Backoff Time: 700 milliseconds' }
          : undefined,
    }
    const user = await one.run()
    assert.equal(user.status, 'Synced', JSON.stringify(user.error))
    assert.equal(user.skipped, 0)
    // What was on its way on another connection may still have come; then nothing until the time is over.
    const gaps = asked.slice(1).map((at, index) => at - asked[index]!)
    assert.ok(Math.max(...gaps.slice(0, 2)) >= 650, gaps.join(', '))
    await one.done()
  })

  test('that answers BAD and asks for a wait is given it', async () => {
    await using one = await pair([folder('INBOX', everydayMessages(96, 10, 600))])
    const asked: number[] = []
    one.target.faults = {
      command: ({ verb }) => {
        if (verb !== 'APPEND') return undefined
        asked.push(performance.now())
        return asked.length === 1
          ? { bad: 'Request is throttled. Suggested Backoff Time: 700 milliseconds' }
          : undefined
      },
    }
    const user = await one.run()
    assert.equal(user.status, 'Synced', JSON.stringify(user.error))
    assert.ok(asked[1]! - asked[0]! >= 690, `${asked[1]! - asked[0]!} ms`)
    await one.done()
  })

  test('with an APPENDLIMIT: larger messages are listed as large and never sent', async () => {
    const large = message('large', Buffer.from(`Subject: large one\r\n\r\n${'x'.repeat(76)}\r\n`.padEnd(30_000, 'y')))
    await using one = await pair([folder('INBOX', [...everydayMessages(97, 10, 600), large])], { appendLimit: 20_000 })
    const user = await one.run()
    assert.equal(user.status, 'Synced', JSON.stringify(user.error))
    assert.deepEqual([user.items, user.skipped], [10, 1])
    assert.match(readFileSync(user.skippedCsv!, 'utf8'), /,11,.*,30000,large one,large,/)
    assert.ok(!one.target.commands.some((line) => line.includes('{30000')))
  })
})
