/** The words that source, target and ledger share. Nothing here assumes IMAP. */
import type { Fault } from '#base/fault.ts'
import type { Runs } from '#base/uid-set.ts'
import type { Flags, PermanentFlags } from '#mail/flags.ts'

export type { Fault, Flags, PermanentFlags, Runs }

/** Folder names from the outermost inwards, decoded, the INBOX spelt `INBOX`. Never joined by a separator. */
export type FolderPath = readonly string[]

/** Roles of RFC 6154 and the INBOX, by which folders with other names find each other. */
export type FolderRole = 'inbox' | 'sent' | 'drafts' | 'trash' | 'junk' | 'archive' | 'all' | 'flagged' | 'important'

/** Values that were all read at one moment, before any listing that they stand for. */
export interface FolderStatus {
  /** UIDVALIDITY: numbers of another validity have nothing to do with ours. 0: this kind of mailbox has none. */
  readonly validity: number
  readonly uidNext: number
  readonly messages: number
  /** HIGHESTMODSEQ (RFC 7162); null where the server has none. */
  readonly modseq: bigint | null
}

/** What addresses a copy in a target folder: a UID (IMAP) or a base name (Maildir). Opaque to the engine. */
export type TargetKey = number | string

/** Seconds since 1970 UTC: the instant of INTERNALDATE. */
export type DateS = number
