/** Values of options. Wrong ones are refused with what would be right. */
import { InvalidArgumentError } from 'commander'
import type { ImapEndpoint, MaildirPlace, Security } from '#contract/migrate.ts'

const MB = 1_048_576
const UNITS: Record<string, number> = { '': 1, b: 1, kb: 1024, mb: MB, gb: 1024 * MB }

/** `35MB`, `512kb`, `1048576`: bytes. 1 MB = 1,048,576 bytes. */
export function parseSize(text: string): number {
  const match = /^(\d{1,12})\s*([kmg]?b?)$/i.exec(text.trim())
  const unit = match?.[2]?.toLowerCase() ?? ''
  const factor = UNITS[unit] ?? UNITS[`${unit}b`]
  if (!match || factor === undefined || Number(match[1]) === 0)
    throw new InvalidArgumentError('Give a size such as 35MB, 512kB or 1048576.')
  return Number(match[1]) * factor
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 on.')
  return Number(text)
}

export interface EndpointOptions {
  readonly security: Security | undefined
  readonly acceptUntrusted: boolean
  readonly allowClearText: boolean
}

const SCHEMES: Record<string, { security: Security; port: number }> = {
  'imaps:': { security: 'ssl', port: 993 },
  'imap:': { security: 'tls', port: 143 },
}

/** `imaps://host[:port]` or `imap://host[:port]`. A password in a URL would be seen by everyone on the machine. */
export function parseImap(option: string, text: string, options: EndpointOptions): ImapEndpoint {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new InvalidArgumentError(
      `${option} ${shown(text)}: give an address such as imaps://imap.example.com or imap://imap.example.com:143.`,
    )
  }
  const scheme = SCHEMES[url.protocol]
  if (!scheme || url.hostname === '') {
    throw new InvalidArgumentError(
      `${option} ${shown(text)}: give an address such as imaps://imap.example.com (TLS) or imap://imap.example.com (STARTTLS).`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(
      `${option} must not hold a user name or password: everyone on this machine could read it. User names and passwords belong into the CSV file, an administrator's into --target-admin and --target-password-file.`,
    )
  }
  if ((url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError(
      `${option} ${shown(text)}: nothing may follow the host and port. A path within the mailbox belongs into the column UserRoot.`,
    )
  }
  const security = options.security ?? scheme.security
  const port = url.port === '' ? (security === 'ssl' ? 993 : 143) : Number(url.port)
  return {
    kind: 'imap',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    security,
    acceptUntrustedCertificates: options.acceptUntrusted,
    allowClearText: options.allowClearText,
  }
}

export function parseTarget(text: string, options: EndpointOptions): ImapEndpoint | MaildirPlace {
  if (!text.startsWith('maildir:')) return parseImap('--target', text, options)
  const root = text.slice('maildir:'.length).replace(/^\/\/(?=\/)/, '')
  if (!root.startsWith('/'))
    throw new InvalidArgumentError(`--target ${text}: give a whole path, such as maildir:/srv/mail.`)
  return { kind: 'maildir', root }
}

/** An address without what may be a password in it. */
const shown = (text: string) => text.replace(/\/\/[^/@]*@/, '//…@')
