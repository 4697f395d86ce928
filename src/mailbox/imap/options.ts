import type { Log } from '#base/log.ts'
import type { ConnectOptions } from '#imap/connect.ts'

export interface ImapOptions extends ConnectOptions {
  readonly log?: Log
}

export interface ImapSourceOptions extends ImapOptions {
  /** Path under which this user's folders live, as the administrator wrote it, with `/` between the levels. */
  readonly userRoot?: string
}
