/** Targets that change what they store (transfer-engine.md §3.7): a lost answer must not make them store it twice. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { PASSWORD, login, startMoving } from '#test/migrate/moving.ts'
import { startSmallImap } from '#test/servers/small-imap/server.ts'
import type { SmallImap } from '#test/servers/small-imap/server.ts'
import type { SmallMessage } from '#test/servers/small-imap/store.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import type { PlannedMessage } from '#test/worlds/messages.ts'
import { snapshot } from '#test/worlds/snapshot.ts'

const moving = await startMoving('rewriting')
after(() => moving[Symbol.asyncDispose]())

const server = (mail: readonly PlannedMessage[] = []) =>
  startSmallImap({ users: { user: { password: PASSWORD, folders: [folder('INBOX', mail)] } } })

const inbox = (side: SmallImap) => side.mailboxes.get('user')!.at('INBOX')!

/** From now on the inbox stores what `change` makes of a message. */
function rewrite(side: SmallImap, change: (content: Buffer) => Buffer): void {
  const { messages } = inbox(side)
  messages.push = (...stored: SmallMessage[]) =>
    Array.prototype.push.apply(
      messages,
      stored.map((one) => ({ ...one, content: change(one.content) })),
    )
}

/** The first APPEND is stored and its answer never comes. */
function loseFirstAnswer(side: SmallImap): void {
  side.faults = { append: ({ before }) => (before === 0 ? 'store-then-drop' : undefined) }
}

const withHeader = (content: Buffer) => Buffer.concat([Buffer.from('Received: by gateway.example; today\r\n'), content])
const withFooter = (content: Buffer) => Buffer.concat([content, Buffer.from('-- \r\nscanned\r\n')])
const mail = everydayMessages(1, 30)

test('a target that adds a header has nothing twice after a lost answer, and it is told', async () => {
  await using source = await server([...mail, mail[0]!, message('no id', 'Subject: no id\r\n\r\nbody\r\n')])
  await using target = await server()
  rewrite(target, withHeader)
  loseFirstAnswer(target)
  const result = await moving.sync('user', source, target)
  assert.equal(inbox(target).messages.length, 32)
  assert.deepEqual([result.items, result.skipped], [32, 0])
  assert.match(result.notes.join('\n'), /32 of 32 messages read back were rewritten by the target/)
  assert.equal((await moving.sync('user', source, target)).carried, 0)
})

test('a target that munges 8-bit headers has nothing twice after a lost answer', async () => {
  const munge = (content: Buffer) => {
    const end = content.indexOf('\r\n\r\n')
    return Buffer.from(content.map((byte, at) => (at < end && byte > 0x7f ? 0x58 : byte)))
  }
  await using source = await server([
    ...mail,
    message('8-bit', Buffer.from('Subject: Gr\u00fc\u00dfe\r\n\r\nbody\r\n', 'latin1')),
  ])
  await using target = await server()
  rewrite(target, munge)
  loseFirstAnswer(target)
  const result = await moving.sync('user', source, target)
  assert.equal(inbox(target).messages.length, 31)
  assert.equal(result.verified?.rewritten, 1)
})

test('what nothing proves to be there or not is held, listed and never sent again by itself', async () => {
  await using source = await server(mail)
  await using target = await server()
  rewrite(target, withFooter)
  loseFirstAnswer(target)
  const { users, skippedCsv } = await moving.run(['user'], source, target)
  assert.equal(inbox(target).messages.length, 30)
  assert.deepEqual([users[0]?.status, users[0]?.skipped], ['Synced', 30])
  const listed = readFileSync(skippedCsv!, 'utf8').trim().split('\r\n').slice(1)
  assert.equal(listed.length, 30)
  for (const line of listed) assert.match(line, /Z,\d+,\w[^,]*,unknown,"it was sent and the answer was lost;/)
  const again = await moving.sync('user', source, target)
  assert.deepEqual([again.carried, again.skipped, inbox(target).messages.length], [0, 30, 30])
})

test('a group of which the target refuses single messages is halved down to them; all others arrive', async () => {
  await using source = await server([...mail, ...everydayMessages(2, 90)])
  await using target = await server()
  const bad = new Set([3, 50, 51, 119].map((index) => [...mail, ...everydayMessages(2, 90)][index]!.content.toString()))
  target.faults = {
    append: ({ messages }) =>
      messages.some(({ content }) => bad.has(content.toString())) ? { no: 'Virus found' } : undefined,
  }
  const { users, skippedCsv } = await moving.run(['user'], source, target)
  assert.deepEqual([users[0]?.status, users[0]?.carried, users[0]?.skipped], ['Synced', 116, 4])
  const listed = readFileSync(skippedCsv!, 'utf8').trim().split('\r\n').slice(1)
  for (const line of listed) assert.match(line, /,bad,the target refused it: Virus found,no/)
  assert.equal((await snapshot(login(target, 'user'))).folders.get('INBOX')!.length, 116)
  const appends = target.commands.filter((command) => / APPEND /.test(command)).length
  assert.ok(appends < 80, `${appends} APPENDs for 4 bad messages`)
  assert.equal((await moving.sync('user', source, target)).carried, 0)
})
