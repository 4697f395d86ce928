/** What a mail server, or the way to it, refuses, as Faults. Scope `item`: this recipient or mail alone; else the server. */
import { Fault, type FaultInit } from '#base/fault.ts'
import type { Peer } from '#mailbox/imap/reach.ts'

/** What nodemailer throws. */
interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

const TLS = /certificate|self-signed|altnames|\bssl\b|\btls\b|wrong version|EPROTO/i

export function smtpFault(peer: Peer, thrown: unknown): Fault {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SmtpError
  const { code = '', command = '', responseCode = 0 } = error
  const says = peer.words(error.response || error.message)
  const init = { facts: { host: peer.host, port: peer.port, said: says }, cause: undefined }
  const make = (own: Omit<FaultInit, 'facts'>) => new Fault({ ...init, ...own })
  // RFC 3463: X.7.Z is policy; what the settings or the server's rules say today, they may not say tomorrow.
  const isFinal = responseCode >= 500 && !/^5\d\d[ -]5\.7\./.test(error.response ?? '')
  if (code === 'EAUTH')
    return make({
      code: 'MAIL_LOGIN_REFUSED',
      scope: 'endpoint',
      transient: responseCode > 0 && responseCode < 500,
      message: `The mail server ${peer.place} refused the log-in of ${peer.username}: ${says}`,
      remedy: 'Correct user name and password in the settings of mail; reports that wait are sent then.',
    })
  if (code === 'EENVELOPE' && (command === 'RCPT TO' || command === 'API'))
    return make({
      code: 'MAIL_RECIPIENT_REFUSED',
      scope: 'item',
      transient: command === 'RCPT TO' && !isFinal,
      message: `The mail server ${peer.place} refused the recipient: ${says}`,
      remedy: 'Correct the address: it stands in NotificationEmails of the batch, or was given for a test.',
    })
  if (code === 'EENVELOPE' && command === 'MAIL FROM')
    return make({
      code: 'MAIL_SENDER_REFUSED',
      scope: 'endpoint',
      transient: true,
      message: `The mail server ${peer.place} refused the sender: ${says}`,
      remedy: 'Set a From that the server takes, or a log-in, in the settings of mail.',
    })
  if (responseCode === 552 || (code === 'EMESSAGE' && command === 'MAIL FROM'))
    return make({
      code: 'MAIL_TOO_LARGE',
      scope: 'item',
      transient: false,
      message: `The mail is too large for the mail server ${peer.place}: ${says}`,
    })
  if ((code === 'EMESSAGE' || code === 'EENVELOPE') && responseCode !== 421)
    return make({
      code: 'MAIL_REFUSED',
      scope: 'item',
      transient: !isFinal,
      message: `The mail server ${peer.place} refused the mail: ${says}`,
      remedy: 'Look into the log of the mail server.',
    })
  if (code === 'ETLS' || TLS.test(error.message))
    return make({
      code: 'MAIL_TLS_REFUSED',
      scope: 'endpoint',
      transient: false,
      message: `No encrypted connection to the mail server ${peer.place} could be made: ${says}`,
      remedy:
        'Check that port and security fit (465 with Ssl, 587 with Tls), install a certificate that fits the name of the server, name your authority in NODE_EXTRA_CA_CERTS, or accept it with AcceptUntrustedCertificates, if you know the server.',
    })
  return make({
    code: 'MAIL_SERVER_UNREACHABLE',
    scope: 'endpoint',
    transient: true,
    message: `The mail server ${peer.place} could not be reached, or did not go on: ${says}`,
    remedy: 'Check host, port, security and the firewall in between; reports that wait are tried again.',
  })
}

export const mailNotConfigured = (message: string): Fault =>
  new Fault({
    code: 'MAIL_NOT_CONFIGURED',
    scope: 'endpoint',
    transient: true,
    message,
    remedy: 'Give a mail server, its user and password in the settings of mail; reports that wait are sent then.',
  })

export const hookNotConfigured = (): Fault =>
  new Fault({
    code: 'HOOK_NOT_CONFIGURED',
    scope: 'endpoint',
    transient: true,
    message: 'No notification hook is set.',
    remedy: 'Give its URL in the settings of the hook.',
  })
