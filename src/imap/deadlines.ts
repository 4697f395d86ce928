/** How long a server may take, in ms (transfer-engine.md §8). */
export interface Deadlines {
  readonly connectMs: number
  readonly tlsMs: number
  readonly greetingMs: number
  /** From the greeting to the logged-in session. */
  readonly loginMs: number
  /** Without a byte while a command is open. */
  readonly silenceMs: number
  /** Without a byte while it stores messages. */
  readonly appendMs: number
  /** How long a connection given up by us is read to its end. */
  readonly lingerMs: number
}

export const DEADLINES: Deadlines = {
  connectMs: 15_000,
  tlsMs: 15_000,
  greetingMs: 15_000,
  loginMs: 60_000,
  silenceMs: 120_000,
  appendMs: 300_000,
  lingerMs: 10_000,
}
