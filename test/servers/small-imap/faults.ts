import type { SmallMessage } from './store.ts'

/** What a session has just been told to do. */
export interface Told {
  readonly user: string | null
  /** Counts the server's connections from 1. */
  readonly session: number
  /** In capitals, `UID FETCH` as one. */
  readonly verb: string
  /** The rest of the line, each literal as `{n}`. */
  readonly args: string
  /** How often this verb has come before, on all sessions. */
  readonly before: number
}

export interface ToldAppend {
  readonly user: string
  readonly session: number
  readonly folder: string
  readonly messages: readonly {
    readonly content: Buffer
    readonly flags: readonly string[]
    readonly internalDate: number
  }[]
  readonly before: number
}

/** `drop`: closes the connection. `stall`: never answers and reads no more. */
export type Misbehaviour =
  | 'drop'
  | 'stall'
  | { readonly no: string }
  | { readonly bad: string }
  /** Written as it is, in place of the answer. */
  | { readonly raw: string | Buffer }
  /** Written with back-pressure before the honest answer. */
  | { readonly flood: Iterable<string | Buffer> }

export type AppendMisbehaviour =
  | 'drop'
  | 'stall'
  | 'store-then-drop'
  | 'store-then-stall'
  | { readonly no: string }
  /** Stores the first `messages`, then drops: what a killed Maildir server leaves behind. */
  | { readonly storeOnly: number }
  /** Drops now, and stores when the promise is fulfilled: a commit that comes late. */
  | { readonly dropAndStoreAfter: Promise<unknown> }
  /** Stores and answers when the promise is fulfilled. */
  | { readonly storeAfter: Promise<unknown> }

/** How a message is served wrongly. */
export interface Lie {
  /** What RFC822.SIZE says. */
  readonly size?: number
  /** The length that the literal of BODY[] announces; the bytes stay what they are. */
  readonly announce?: number
  /** The connection is dropped after so many bytes of the literal. */
  readonly cutAfterBytes?: number
  /** BODY[] is NIL. */
  readonly nil?: boolean
  /** The message is left out of every FETCH answer. */
  readonly omit?: boolean
}

/** Hooks by which a test makes the server misbehave; each is asked every time, and undefined means honesty. */
export interface Faults {
  /** `raw` is the whole greeting, its line end included. */
  greeting?: () => 'drop' | 'stall' | { readonly raw: string } | undefined
  command?: (told: Told) => Misbehaviour | undefined
  append?: (told: ToldAppend) => AppendMisbehaviour | undefined
  /** The text of the response code after an APPEND, e.g. `APPENDUID 1 1:x`; null: none. */
  appendUid?: (told: ToldAppend, honest: string) => string | null
  /** Answers BAD to the APPEND line and reads the literal that follows as commands, as Dovecot does. */
  badBeforeLiteral?: (line: string) => boolean
  message?: (message: SmallMessage, folder: string) => Lie | undefined
}
