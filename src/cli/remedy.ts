/**
 * What to do, in the words of a terminal. Faults say it as every interface has it, for the same sentence is read in a
 * browser; how a command or a cmdlet is told to do that is added here.
 */
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'

type Words = Readonly<Record<string, string>>

const OF_COMMANDS: Words = {
  CERTIFICATE_REFUSED: 'That is --accept-untrusted-certificates.',
  CLEAR_TEXT_REFUSED: 'That is --source-security and --target-security, or --allow-clear-text.',
  CSV_COLUMN_UNKNOWN: 'That is --allow-unknown-columns.',
  CSV_EMPTY: 'waybill csv template prints one.',
  CSV_NOT_COMMA_SEPARATED: 'waybill csv template prints an example.',
  CSV_TOO_LARGE: 'waybill csv split cuts files of up to 100 MB.',
  CSV_TOO_MANY_ROWS: 'waybill csv split cuts files of up to 1,000,000 rows.',
  TARGET_FOLDER_NAME: 'That is --exclude-folder.',
  TLS_REFUSED: 'imap:// means STARTTLS, imaps:// TLS from the first byte on.',
  TOO_MANY_CONNECTIONS: 'How many at once is --concurrency.',
}

const OF_CMDLETS: Words = {
  CERTIFICATE_REFUSED: 'That is -AcceptUntrustedCertificates.',
  CLEAR_TEXT_REFUSED: 'That is -Security, or -AllowClearText.',
  CSV_COLUMN_UNKNOWN: 'That is -AllowUnknownColumnsInCsv.',
  CSV_EMPTY: OF_COMMANDS['CSV_EMPTY']!,
  CSV_TOO_LARGE: OF_COMMANDS['CSV_TOO_LARGE']!,
  CSV_TOO_MANY_ROWS: OF_COMMANDS['CSV_TOO_MANY_ROWS']!,
}

interface Said {
  readonly code: string
  readonly remedy: string | null
}

const withWay = (ways: Words, { code, remedy }: Said): string | null =>
  remedy === null || remedy === ''
    ? null
    : [sentence(remedy), ...(Object.hasOwn(ways, code) ? [ways[code]!] : [])].map(safeText).join(' ')

/** Null where there is nothing to be done. */
export const remedyOfCommand = (said: Said): string | null => withWay(OF_COMMANDS, said)
export const remedyOfCmdlet = (said: Said): string | null => withWay(OF_CMDLETS, said)
