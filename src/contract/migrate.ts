/** What `waybill migrate` asks and answers. The CLI parses and prints it, the service does it. */
import type { ProcessRequest } from './serve.ts'

export type Security = 'none' | 'ssl' | 'tls'

export interface ImapEndpoint {
  readonly kind: 'imap'
  readonly host: string
  readonly port: number
  readonly security: Security
  readonly acceptUntrustedCertificates: boolean
  /** Clear text to anything but loopback needs to be asked for. */
  readonly allowClearText: boolean
}

export interface MaildirPlace {
  readonly kind: 'maildir'
  /** May hold `{domain}` and `{local}`; without them each address gets a folder of its own below. */
  readonly root: string
}

export interface MigrateRequest extends ProcessRequest {
  readonly csvPath: string
  readonly source: ImapEndpoint
  readonly target: ImapEndpoint | MaildirPlace
  /** `{user}`, `{local}`, `{domain}`, `{admin}` are filled in; null: the row's own credentials. */
  readonly targetLogin: string | null
  readonly targetAdmin: string | null
  readonly targetPasswordFile: string | null
  readonly allowUnknownColumns: boolean
  readonly dryRun: boolean
  readonly excludeFolders: readonly string[]
  readonly maxMessageBytes: number
  readonly maxItems: number
  /** Users at once. */
  readonly concurrency: number
  readonly verify: 'none' | 'sample' | 'full'
  /** Null: `<data>/reports/<run>`. */
  readonly reportFolder: string | null
}

export type MigrateUserStatus = 'Synced' | 'Failed' | 'Stopped'

export interface MigrateUserResult {
  readonly emailAddress: string
  /** As a spreadsheet counts: the header is row 1. */
  readonly rowNumber: number
  readonly status: MigrateUserStatus
  /** Messages in the target that this and earlier runs carried. */
  readonly items: number
  /** Appended by this run. */
  readonly carried: number
  readonly carriedBytes: number
  /** Left out, with a reason each in the report. */
  readonly skipped: number
  readonly adopted: number
  readonly flagsChanged: number
  readonly durationMs: number
  /** First byte of the first APPEND to the last landing; 0 when nothing was sent. */
  readonly transferSeconds: number
  /** Wall clock ms from the start of the command to the first byte of an APPEND. */
  readonly firstByteAfterMs: number | null
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string | null } | null
  readonly waybill: string | null
  readonly notes: readonly string[]
  readonly verified: {
    readonly looked: number
    readonly equal: number
    readonly canonical: number
    readonly rewritten: number
    readonly differing: number
    readonly gone: number
  } | null
}

export interface MigrateResult {
  readonly run: string
  readonly users: readonly MigrateUserResult[]
  /** Rows of the CSV that were not run. */
  readonly badRows: readonly { readonly rowNumber: number; readonly message: string }[]
  readonly warnings: readonly string[]
  readonly reportFolder: string
  /** Rows that failed, with empty passwords; null when there are none. */
  readonly errorsCsv: string | null
  /** Every message that is not carried, with the reason; null when there is none. */
  readonly skippedCsv: string | null
  /** First byte of the first APPEND of any user to the last landing. */
  readonly transferSeconds: number
  readonly stopped: boolean
  readonly peakRssBytes: number
  /** RSS before the first FETCH. */
  readonly baseRssBytes: number
}

export interface DryRunFolder {
  readonly source: string
  readonly target: string
  readonly messages: number
  readonly bytes: number
  readonly large: number
  readonly deleted: number
  readonly note: string
}

export interface DryRunUser {
  readonly emailAddress: string
  readonly rowNumber: number
  readonly error: MigrateUserResult['error']
  readonly folders: readonly DryRunFolder[]
  readonly notes: readonly string[]
}

/** What the command tells while it runs. */
export type MigrateEvent =
  | { readonly kind: 'warning'; readonly text: string }
  /** Ctrl-C was heard. */
  | { readonly kind: 'stopping'; readonly text: string }
  | { readonly kind: 'accepted'; readonly users: number; readonly badRows: number }
  | { readonly kind: 'started'; readonly user: string }
  | { readonly kind: 'planned'; readonly user: string; readonly messages: number }
  | {
      readonly kind: 'progress'
      readonly user: string
      readonly messages: number
      readonly bytes: number
      /** False: they were in the target already. Absent where several are told together. */
      readonly sent?: boolean
    }
  | { readonly kind: 'note'; readonly user: string; readonly text: string }
  | { readonly kind: 'finished'; readonly user: MigrateUserResult }
  | { readonly kind: 'checked'; readonly user: DryRunUser }

/** Exit codes of the command line (issue: 0 all synced, 2 some failed, 3 input refused, 4 cannot start, 130 Ctrl-C). */
export const EXIT = { ok: 0, someFailed: 2, refused: 3, cannotStart: 4, stopped: 130 } as const
