/** From a stored endpoint and a user's log-in to the mailbox that is read. */
import type { Log } from '#base/log.ts'
import type { MailSource, MailboxIdentity } from '#engine/ports.ts'
import type { ImapOptions } from '#mailbox/imap/options.ts'
import type { OutgoingRules } from '#mailbox/imap/reach.ts'
import { openImapSource } from '#mailbox/imap/source.ts'
import type { StoredEndpoint } from '#store/service/endpoints.ts'
import { imapSecurity } from './imap-security.ts'

export interface SourceUser {
  readonly userName: string
  readonly password: string
  /** Below which folder this user's mail is, where the log-in sees everybody's. */
  readonly userRoot: string | null
}

export interface OpenDeps {
  readonly log: Log
  readonly outgoing: OutgoingRules
  readonly deadlines?: NonNullable<ImapOptions['deadlines']>
}

export interface EndpointSource {
  readonly identity: MailboxIdentity['source']
  /** Logs in. Throws a Fault when that fails. */
  open(): Promise<MailSource>
}

export function endpointSource(
  endpoint: StoredEndpoint,
  user: SourceUser,
  { log, outgoing, deadlines = {} }: OpenDeps,
): EndpointSource {
  const { remote_server: host, port } = endpoint
  return {
    identity: { host, port, userName: user.userName, userRoot: user.userRoot ?? '' },
    open: () =>
      openImapSource({
        host,
        port,
        security: imapSecurity(endpoint.security),
        acceptUntrusted: endpoint.accept_untrusted,
        allowClearText: endpoint.allow_clear_text,
        username: user.userName,
        password: user.password,
        ...(user.userRoot === null ? {} : { userRoot: user.userRoot }),
        outgoing,
        deadlines,
        log,
      }),
  }
}
