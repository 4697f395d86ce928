/** On a terminal: tables, questions, passwords without echo. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { suite, test } from 'node:test'
import { Confirmation } from '#cli/cmdlet/confirm.ts'
import type { Terminal } from '#cli/cmdlet/terminal.ts'
import { batch, database, user } from './objects.ts'
import { onTerminal } from './shell.ts'
import { type Replies, StubService, page } from './stub-service.ts'

const listening = (replies: Replies) => new StubService(replies).listen()
const PROMPT = '(default is "Y"): '

/** Answers one after the other; each `terminal` opened reads on. */
function person(...answers: readonly (string | null)[]) {
  const left = [...answers]
  let seen = ''
  const open = (): Terminal => ({
    write: (text) => void (seen += text),
    line: async () => {
      assert.ok(left.length > 0, 'asked once more than there are answers')
      return left.shift()!
    },
    secret: async () => null,
    close: () => {},
  })
  return { open, seen: () => seen, left }
}

const asking = (own: Partial<ConstructorParameters<typeof Confirmation>[0]>) =>
  new Confirmation({
    cmdlet: 'Remove-MigrationBatch',
    whatIf: false,
    confirm: undefined,
    impact: 'high',
    write: () => {},
    ...own,
  })

suite('Confirmation', () => {
  for (const [answer, goesOn] of [
    ['', true],
    ['y', true],
    ['Yes', true],
    ['n', false],
    ['no', false],
    [null, false],
  ] as const) {
    test(`${JSON.stringify(answer)} is ${goesOn ? 'consent' : 'none'}`, async () => {
      const who = person(answer)
      assert.equal(await asking({ open: who.open }).should('B1'), goesOn)
      assert.match(who.seen(), /^\nConfirm\nAre you sure you want to perform this action\?\n/)
    })
  }

  test('A and L hold for all that follow', async () => {
    for (const [answer, goesOn] of [
      ['a', true],
      ['L', false],
    ] as const) {
      const confirmation = asking({ open: person(answer).open })
      for (const target of ['B1', 'B2', 'B3']) assert.equal(await confirmation.should(target), goesOn)
    }
  })

  test('? explains, what is not understood is asked again', async () => {
    const who = person('?', 'perhaps', 'y')
    assert.equal(await asking({ open: who.open }).should('B1'), true)
    assert.match(who.seen(), /Y - Go on with this one\./)
    assert.equal(who.seen().split(PROMPT).length, 4)
  })

  test('asks only what matters much, or when told to', async () => {
    assert.equal(await asking({ impact: 'low', open: () => null }).should('B1'), true)
    assert.equal(await asking({ confirm: false, open: () => null }).should('B1'), true)
    await assert.rejects(asking({ impact: 'low', confirm: true, open: () => null }).should('B1'), {
      code: 'CONFIRMATION_NEEDED',
    })
  })

  test('shows no terminal sequences of names', async () => {
    const who = person('n')
    await asking({ open: who.open }).should('B1', () => 'Removing "\u001b[2J"')
    assert.doesNotMatch(who.seen(), /\p{Cc}(?<!\n)/u)
  })
})

suite('A terminal', { skip: !existsSync('/usr/bin/script') }, () => {
  test('shows a table', async () => {
    await using service = await listening({ listBatches: () => page([batch()]) })
    const { shown } = await onTerminal('Get-MigrationBatch', [], { folder: service.data })
    assert.equal(
      shown,
      `
Identity    Status  Type  TotalCount
--------    ------  ----  ----------
IMAPBatch1  Synced  IMAP         120

`,
    )
  })

  test('shows a list of what has no columns of its own', async () => {
    await using service = await listening({
      getConfig: () => ({
        identity: 'Config',
        maxNumberOfBatches: 100,
        maxConcurrentMigrations: 300,
        features: [],
        incrementalSyncInterval: '1.00:00:00',
      }),
    })
    const { shown } = await onTerminal('Get-MigrationConfig', [], { folder: service.data })
    assert.match(shown, /^\nIdentity +: Config\nMaxNumberOfBatches +: 100\n/)
  })

  test('is asked though the objects come through a pipe; No leaves one out, and it is no error', async () => {
    await using service = await listening({
      listUsers: () => page([user(1), user(2), user(3)]),
      getUser: ({ params }) => user(Number(params['identity']!.slice(-1))),
      removeUser: () => undefined,
    })
    const { shown, code } = await onTerminal(
      'Get-MigrationUser | Remove-MigrationUser',
      [
        [PROMPT, 'n\n'],
        [PROMPT, 'a\n'],
      ],
      { folder: service.data },
    )
    assert.equal(code, 0, shown)
    assert.match(
      shown,
      /Removing the user user1@contoso\.com \(Failed\) from the migration batch "IMAPBatch1": one mailbox/,
    )
    assert.equal(service.of('removeUser').length, 2)
  })

  test('takes a password without showing it', async () => {
    await using service = await listening({ createDatabase: () => database() })
    const line =
      "New-MailboxDatabase S -Kind Imap -Server imap.contoso.com -LoginTemplate '{user}*{admin}' -AdminUserName admin"
    const { shown, code } = await onTerminal(line, [['Password of admin: ', 'geheimX\u007f\r']], {
      folder: service.data,
    })
    assert.equal(code, 0, shown)
    assert.doesNotMatch(shown, /geheim/)
    assert.equal((service.asked[0]!.body as { adminPassword: string }).adminPassword, 'geheim')
  })

  test('Ctrl-C at a question ends with 130 and nothing is done', async () => {
    await using service = await listening({ getBatch: () => batch() })
    const line = 'Remove-MigrationBatch B1; echo ended $?'
    const { shown } = await onTerminal(line, [[PROMPT, '\u0003']], { folder: service.data })
    assert.doesNotMatch(shown, /ended 0/)
    assert.equal(service.of('removeBatch').length, 0)
  })
})
