/** Whatever happens at the source between passes, in whatever order: what it holds is on the target, once. SEED repeats it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { join } from 'node:path'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { Random } from '#test/worlds/random.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { login, pool, startMoving } from './moving.ts'

const skip = dovecotMissing()
const PASSES = 3
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const moving = skip ? null : await startMoving('random')
after(() => moving?.[Symbol.asyncDispose]())

const FLAGS = ['\\Seen', '\\Flagged', '\\Answered', '\\Draft', '\\Deleted', 'Blue', 'Project', '$Forwarded']

/** One change that a mail program may make; what the mailbox does not have makes it do nothing. */
async function change(client: PlainImap, random: Random, names: string[]): Promise<void> {
  const name = random.pick(names)
  if ((await client.command(`SELECT ${name}`)).status !== 'OK') return
  const deed = random.between(0, 9)
  const at = random.between(1, 12)
  if (deed < 6) await client.command(`STORE ${at}:${at + 3} ${random.pick(['+', '-'])}FLAGS (${random.pick(FLAGS)})`)
  else if (deed === 6) await client.command('EXPUNGE')
  // One way only: what came back would be on the target twice, for nothing is removed there.
  else if (deed === 7) await client.command(`MOVE ${at} Archive`)
  else if (deed === 8 && name !== 'INBOX') {
    const fresh = `${name.slice(0, 8)}${random.between(1, 99)}`
    if ((await client.command(`RENAME ${name} ${fresh}`)).status === 'OK') names[names.indexOf(name)] = fresh
  } else if (deed === 9) {
    const fresh = `new${random.between(1, 99)}`
    if ((await client.command(`CREATE ${fresh}`)).status === 'OK') names.push(fresh)
  }
}

for (const [index, hide] of [[], ['CONDSTORE', 'QRESYNC', 'UIDPLUS', 'LIST-STATUS']].entries()) {
  const user = `u${index + 1}`
  const told = hide.length === 0 ? 'all extensions' : `no ${hide.join(', ')}`
  test(
    `${PASSES} passes over a mailbox in use lose nothing and double nothing, with ${told}, SEED=${seed}`,
    { skip },
    async (t) => {
      await using source = await startDovecot({ t, hide, users: pool(2) })
      await using target = await startDovecot({ t, hide, users: pool(2) })
      const random = new Random(seed)
      const names = ['INBOX', 'one', 'two']
      await using client = await PlainImap.login(login(source, user))
      await client.must('CREATE Archive')
      for (let pass = 0; pass < PASSES; pass++) {
        const mail = everydayMessages(seed + pass + 1, 30)
        await fill(
          login(source, user),
          [...new Set(names)].map((name, index) => folder(name, mail.slice(index * 5, index * 5 + 5))),
        )
        for (let deeds = 0; deeds < 25; deeds++) await change(client, random, names)
        const held = await snapshot(login(source, user))
        for (const to of [target, 'maildir'] as const) {
          await moving!.sync(user, source, to)
          const there =
            to === 'maildir'
              ? readMaildir(join(moving!.maildirRoot, `${user}@contoso.example`), true)
              : await snapshot(login(target, user))
          // What was deleted, moved or renamed at the source stays where it was carried to.
          const wrong = compare(held, there, { subscriptions: false }).filter(
            (line) => !line.endsWith(' is on the target only'),
          )
          assert.deepEqual(wrong, [], `pass ${pass}, SEED=${seed}`)
          assert.equal((await moving!.sync(user, source, to, { verify: 'none' })).carried, 0)
        }
      }
    },
  )
}
