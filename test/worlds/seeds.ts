import { everydayMessages, folder, message, withAttachment } from './messages.ts'
import type { PlannedFolder } from './messages.ts'
import { nastyMessages } from './nasty.ts'
import { Random } from './random.ts'

export interface SeedUser {
  /** The user's address, which is also the log-in name. */
  readonly email: string
  readonly password: string
  readonly folders: readonly PlannedFolder[]
}

/**
 * The three users of the seeds: nested and non-ASCII folders, flags, keywords, attachments, odd dates, and in annb's
 * mailbox one message of more than 1 MB. `scale` multiplies the everyday mail (1: about 500 messages in all).
 */
export function seedUsers(scale = 1): SeedUser[] {
  const random = new Random(20_210_304)
  const some = (seed: number, count: number) => everydayMessages(seed, Math.ceil(count * scale))
  return [
    {
      email: 'terrya@contoso.example',
      password: 'Terry: "A" 1%',
      folders: [
        folder('INBOX', [...some(11, 120), ...nastyMessages(12).slice(0, 12)]),
        folder('Sent', some(13, 40)),
        folder('Drafts', [message('a draft', 'Subject: draft\r\n\r\nnot yet\r\n', ['\\Draft'])]),
        folder('Entwürfe', some(14, 8)),
        folder(['Projects', 'R&D', '2021'], some(15, 30)),
        folder(['Projects', 'R&D'], some(16, 12), false),
        folder(['Projects'], []),
      ],
    },
    {
      email: 'annb@contoso.example',
      password: 'Ann+B=2',
      folders: [
        folder('INBOX', [...some(21, 80), ...nastyMessages(22).slice(12)]),
        folder('Envoyés', some(23, 25)),
        folder('日本語', some(24, 20)),
        folder(['日本語', 'メール'], some(25, 5)),
        folder('Archive', [...some(26, 60), withAttachment(random, 'the slides', 900_000, ['\\Seen', 'Project-X'])]),
      ],
    },
    {
      email: 'paulc@contoso.example',
      password: 'Paul C. 3',
      folders: [
        folder('INBOX', [...some(31, 60), withAttachment(random, 'a picture', 120_000)]),
        folder(['a', 'b'], some(32, 15)),
        folder(['a', 'b', 'c d'], some(33, 6)),
        folder('Trash', some(34, 10)),
        folder('empty', [], false),
      ],
    },
  ]
}
