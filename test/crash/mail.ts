/** The mailbox that the crash tests carry: small, so that a run takes a second, with all that recovery has to tell apart. */
import { everydayMessages, folder, message, withAttachment } from '#test/worlds/messages.ts'
import type { PlannedFolder, PlannedMessage } from '#test/worlds/messages.ts'
import { commandsInBody } from '#test/worlds/nasty.ts'
import { Random } from '#test/worlds/random.ts'

/** Streamed: larger than a group. */
const LARGE_BYTES = 5_000_000
/** Of base64 text, a line break after 76 characters. */
const RAW_BYTES = Math.floor((LARGE_BYTES * 3 * 76) / (4 * 78))

export function crashMail(seed = 1): PlannedFolder[] {
  const [twin, other, ...more] = everydayMessages(seed + 1, 54) as [PlannedMessage, PlannedMessage, ...PlannedMessage[]]
  const archive = everydayMessages(seed + 2, 130, 600)
  return [
    folder('INBOX', [
      twin,
      ...more.slice(0, 20),
      { ...twin, name: 'twin in another group' },
      { ...twin, name: 'twin, flagged', flags: ['\\Flagged', 'Twin'] },
      message('IMAP commands', `Subject: commands\r\n\r\n${commandsInBody}`),
      ...more.slice(20),
      { ...twin, name: 'twin of another date', internalDate: twin.internalDate + 86_400 },
      other,
      other,
    ]),
    folder('Archive', [
      ...archive.slice(0, 60),
      withAttachment(new Random(seed + 3), 'large', RAW_BYTES, ['\\Seen', 'Project-X']),
      ...archive.slice(60),
      archive[0]!,
    ]),
    folder('Sent', everydayMessages(seed + 4, 22)),
    folder('Entwürfe', [
      // None before 1970: Dovecot itself tells such a date differently when it is asked again.
      message('dated 1970', 'Subject: 1970\r\n\r\nbody\r\n', ['\\Draft'], '1970-01-01T00:00:01Z'),
      message('leap day', 'Subject: leap\r\n\r\nno final newline', [], '2020-02-29T12:00:00Z'),
    ]),
    folder(['Projects', 'R&D', '2021'], everydayMessages(seed + 5, 30, 400)),
    folder('empty', [], false),
  ]
}

/** Part of it stands on the target before the first run, so that every case adopts too. */
export function alreadyThere(mail: readonly PlannedFolder[]): PlannedFolder[] {
  const inbox = mail.find(({ path }) => path[0] === 'INBOX')!
  return [{ ...inbox, messages: inbox.messages.slice(0, 5) }]
}
