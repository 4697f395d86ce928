/** Many small mailboxes on one server. */
import { type DovecotServer, startDovecot } from '#test/servers/dovecot.ts'
import { plantMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { later } from './leftovers.ts'

/** Each holds the same messages in its INBOX, as files that were there before the server; each password is `pass`. */
export function startPlanted(names: readonly string[], messages: number): Promise<DovecotServer> {
  const mail = [folder('INBOX', everydayMessages(1, messages))]
  return startDovecot({
    t: { passed: true, after: later },
    users: Object.fromEntries(names.map((name) => [name, 'pass'])),
    beforeStart(accounts) {
      for (const name of names) plantMaildir(accounts.get(name)!.mail, mail, { uid: 64_007, gid: 64_007 })
    },
  })
}
