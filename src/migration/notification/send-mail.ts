/** Sends one mail to one recipient over a connection of its own: a refused recipient concerns nobody else. */
import { Fault } from '#base/fault.ts'
import { Peer, checkedAddresses, type OutgoingRules } from '#mailbox/imap/reach.ts'
import { smtpFault } from './smtp-faults.ts'

export interface MailServer {
  readonly host: string
  readonly port: number
  readonly security: 'None' | 'Ssl' | 'Tls'
  readonly acceptUntrusted: boolean
  /** Null: no log-in. */
  readonly login: { readonly userName: string; readonly password: string } | null
}

export interface Mail {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly attachment: { readonly fileName: string; readonly content: string } | null
  /** Without angle brackets; the same for each attempt. */
  readonly messageId: string
  readonly at: Date
}

export interface SendOptions {
  readonly outgoing: OutgoingRules
  readonly signal: AbortSignal
  /** To connect and to be greeted. */
  readonly connectMs?: number
  /** Without a word from the server. */
  readonly silenceMs?: number
}

/** However much there is to send. */
const DEADLINE_MS = 5 * 60_000
const MOST_ADDRESSES = 3

/** Answers the server's last words. @throws Fault MAIL_*, ADDRESS_REFUSED, HOST_NOT_FOUND */
export async function sendMail(server: MailServer, mail: Mail, options: SendOptions): Promise<string> {
  const { host, port, login } = server
  const secrets = login === null ? [] : [login.password]
  const peer = new Peer({ host, port, username: login?.userName ?? '', secrets })
  const connectMs = options.connectMs ?? 15_000
  const addresses = await checkedAddresses(peer, options.outgoing, connectMs)
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(DEADLINE_MS)])
  let refused: Fault | null = null
  for (const address of addresses.slice(0, MOST_ADDRESSES)) {
    try {
      return peer.words(await sendTo(address, server, mail, { ...options, connectMs, signal }))
    } catch (thrown) {
      refused = smtpFault(peer, thrown)
      // Of several addresses one may be out of reach; what a server said, it said for all.
      if (!isOutOfReach(thrown)) break
    }
  }
  throw refused!
}

const isOutOfReach = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  /\bconnect E(?:CONNREFUSED|HOSTUNREACH|NETUNREACH)\b|^Connection timeout/.test(thrown.message)

async function sendTo(
  address: string,
  { host, port, security, acceptUntrusted, login }: MailServer,
  mail: Mail,
  { signal, connectMs, silenceMs = 60_000 }: SendOptions,
): Promise<string> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    // The address that was checked; the name is what the certificate must be for.
    host: address,
    port,
    secure: security === 'Ssl',
    requireTLS: security === 'Tls',
    ignoreTLS: security === 'None',
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: !acceptUntrusted,
      ...(address === host ? {} : { servername: host }),
    },
    ...(login === null ? {} : { auth: { user: login.userName, pass: login.password }, forceAuth: true }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  const { from, to, subject, text, html, attachment, messageId, at } = mail
  try {
    const sent = await transport.sendMail({
      from,
      to: { name: '', address: to },
      subject,
      text,
      html,
      date: at,
      messageId: `<${messageId}>`,
      // RFC 3834: nobody's absence is to be told to us.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      attachments:
        attachment === null
          ? []
          : [
              {
                filename: attachment.fileName,
                content: Buffer.from(attachment.content, 'utf8'),
                contentType: 'text/csv; charset=utf-8',
              },
            ],
      signal,
    })
    return sent.response
  } finally {
    transport.close()
  }
}
