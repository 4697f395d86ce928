import type { ImapEndpoint, MaildirPlace } from './migrate.ts'

/** What `waybill verify` asks. */
export interface VerifyRequest {
  readonly file: string
  readonly fingerprint: string | null
  readonly trustEmbedded: boolean
  /** Where to read the messages back; null: seal and counts only. */
  readonly against: ImapEndpoint | MaildirPlace | null
  /** The log-in of the mailbox on the target; by default the one that the waybill names. */
  readonly username: string | null
  readonly passwordFile: string | null
  /** Read back only every n-th message; 1: all. */
  readonly every: number
  readonly dataFolder: string | null
  readonly json: boolean
}
