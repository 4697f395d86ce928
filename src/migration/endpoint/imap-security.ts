import type { MigrationEndpoint } from '#contract/endpoint.ts'
import type { ImapOptions } from '#mailbox/imap/options.ts'

/** The service's words and the protocol's: Ssl is TLS from the first byte, Tls is STARTTLS. */
export function imapSecurity(security: MigrationEndpoint['security']): ImapOptions['security'] {
  return ({ None: 'none', Ssl: 'ssl', Tls: 'tls' } as const)[security]
}
