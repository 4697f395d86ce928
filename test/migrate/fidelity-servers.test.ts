/** Cyrus and Courier, as source and as target: other separators, prefixes, refusals and capabilities than Dovecot's. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { courierMissing, startCourier } from '#test/servers/courier.ts'
import { cyrusMissing, startCyrus } from '#test/servers/cyrus.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { plantMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { nastyMessages, onlyByFile } from '#test/worlds/nasty.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { login, pool, startMoving } from './moving.ts'

const noDovecot = dovecotMissing()
const noCyrus = noDovecot || cyrusMissing()
const noCourier = noDovecot || courierMissing()

const dovecot = noDovecot ? null : await startDovecot({ users: pool(12) })
const cyrus = noCyrus ? null : await startCyrus({ users: pool(6) })
const courier = noCourier ? null : await startCourier({ users: pool(6) })
const moving = noDovecot ? null : await startMoving('servers')
after(() => Promise.all([moving, dovecot, cyrus, courier].map((one) => one?.[Symbol.asyncDispose]())))

const datable = nastyMessages(7).filter(({ internalDate }) => internalDate > 0 && internalDate < Date.now() / 1000)
const tree = [
  folder(['Projekte', 'Größe & Co', 'twins'], [...everydayMessages(3, 3), ...everydayMessages(3, 3)]),
  folder(['Projekte'], everydayMessages(4, 2), false),
  folder('日本語', everydayMessages(5, 30)),
  folder('empty', []),
]
test('x', { skip: noCyrus }, async () => {
  await fill(login(dovecot!, 'u1'), [folder('INBOX', datable), ...tree])
  const before = await snapshot(login(dovecot!, 'u1'))
  const r = await moving!.run(['u1'], dovecot!, cyrus!)
  console.log(r.users[0], r.skippedCsv && readFileSync(r.skippedCsv, 'utf8'))
  console.log(compare(before, await snapshot(login(cyrus!, 'u1'))))
  console.log((await moving!.run(['u1'], dovecot!, cyrus!)).users[0])
})
test('y', { skip: noCyrus }, async () => {
  await fill(login(cyrus!, 'u2'), [folder('INBOX', everydayMessages(1,30)), ...tree])
  const before = await snapshot(login(cyrus!, 'u2'))
  const r = await moving!.run(['u2'], cyrus!, dovecot!)
  console.log(r.users[0], r.skippedCsv && readFileSync(r.skippedCsv, 'utf8'))
  console.log(compare(before, await snapshot(login(dovecot!, 'u2'))))
  console.log((await moving!.run(['u2'], cyrus!, dovecot!)).users[0])
})
test('z', { skip: noCourier }, async () => {
  await fill(login(courier!, 'u3'), [folder('INBOX', datable), ...tree])
  const before = await snapshot(login(courier!, 'u3'))
  const r = await moving!.run(['u3'], courier!, dovecot!)
  console.log(r.users[0], r.skippedCsv && readFileSync(r.skippedCsv, 'utf8'))
  console.log(compare(before, await snapshot(login(dovecot!, 'u3'))))
  console.log((await moving!.run(['u3'], courier!, dovecot!)).users[0])
})
test('w', { skip: noCourier }, async () => {
  await fill(login(dovecot!, 'u4'), [folder('INBOX', datable), ...tree])
  const before = await snapshot(login(dovecot!, 'u4'))
  const r = await moving!.run(['u4'], dovecot!, courier!)
  console.log(r.users[0], r.skippedCsv && readFileSync(r.skippedCsv, 'utf8'))
  console.log(compare(before, await snapshot(login(courier!, 'u4'))))
  console.log((await moving!.run(['u4'], dovecot!, courier!)).users[0])
})
void PlainImap
void plantMaildir
void message
void onlyByFile
void assert
