/** Whom we talk to, in words, and how to quote what it says. */

const MOST_WORDS = 300

export interface PeerInit {
  readonly host: string
  readonly port: number
  readonly username: string
  /** Never repeated, not even when the server does. */
  readonly secrets: readonly string[]
}

/** A server and the log-in that we use on it. */
export class Peer {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly #secrets: readonly string[]

  constructor(init: PeerInit) {
    this.host = init.host
    this.port = init.port
    this.username = init.username
    const forms = init.secrets.flatMap((secret) => [
      secret,
      Buffer.from(secret, 'utf8').toString('latin1'),
      Buffer.from(secret, 'utf8').toString('base64'),
      Buffer.from(`\0${init.username}\0${secret}`, 'utf8').toString('base64'),
    ])
    this.#secrets = [...new Set(forms)].filter((form) => form.length > 0).sort((a, b) => b.length - a.length)
  }

  /** `imap.old.example:993`. */
  get place(): string {
    return `${this.host}:${this.port}`
  }

  /**
   * The server's words as they may be shown: one line, bounded, without controls and bidirectional marks, and
   * without the password, which a hostile or chatty server may echo.
   */
  words(text: string): string {
    let clean = text
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, '[hidden]')
    clean = clean.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
    return clean.length > MOST_WORDS ? `${clean.slice(0, MOST_WORDS)}…` : clean
  }
}
