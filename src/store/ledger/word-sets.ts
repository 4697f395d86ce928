/**
 * Lists of words that messages have in common (keywords, lost flags), each stored once for the whole instance
 * and known by a number. Lists are only ever added, so what was read once stays true.
 */
import { createHash } from 'node:crypto'
import { bug } from '#base/fault.ts'
import type { WordIds } from './pack-group.ts'
import type { LedgerStore } from './types.ts'
import { textOf, wordsIn } from './words.ts'

/** A source that gives every message keywords of its own must not fill our memory: beyond this we read again. */
const MOST_CACHED = 20_000

export class WordSets {
  readonly #store: LedgerStore
  readonly #ids = new Map<string, number>()
  readonly #words = new Map<number, readonly string[]>()

  constructor(store: LedgerStore) {
    this.#store = store
  }

  /** Gives every list a number. Committed before the commit that uses it: numbers that nobody uses do no harm. */
  async learn(lists: Iterable<readonly string[]>): Promise<WordIds> {
    const wanted = new Set<string>()
    for (const words of lists) if (words.length > 0) wanted.add(textOf(words))
    if (wanted.size === 0) return NO_WORDS
    this.#forgetIfMany()
    const known = new Known()
    const missing: string[] = []
    for (const text of wanted) {
      const id = this.#ids.get(text)
      if (id === undefined) missing.push(text)
      else known.keep(id, text, this.#words.get(id)!)
    }
    if (missing.length > 0) for (const row of await this.#insert(missing)) this.#keep(known, row)
    return known
  }

  /** Reads the words of every number in `ids`. */
  async load(ids: Iterable<number>): Promise<WordIds> {
    const wanted = new Set(ids)
    wanted.delete(0)
    if (wanted.size === 0) return NO_WORDS
    this.#forgetIfMany()
    const known = new Known()
    const missing: number[] = []
    for (const id of wanted) {
      const words = this.#words.get(id)
      if (words === undefined) missing.push(id)
      else known.keep(id, textOf(words), words)
    }
    if (missing.length > 0) for (const row of await this.#select(missing)) this.#keep(known, row)
    return known
  }

  async #insert(texts: readonly string[]): Promise<WordRow[]> {
    const hashes = texts.map((text) => createHash('sha256').update(text).digest())
    const { rows } = await this.#store.retrying(async () => {
      await this.#store.pool.query(
        // In one order everywhere, or two processes with the same new keywords would wait for each other.
        `INSERT INTO keyword_set (hash, words) SELECT * FROM unnest($1::bytea[], $2::text[]) AS t(hash, words)
         ORDER BY hash ON CONFLICT (hash) DO NOTHING`,
        [hashes, texts],
      )
      const select = 'SELECT id, words FROM keyword_set WHERE hash = ANY($1::bytea[])'
      return await this.#store.pool.query<WordRow>(select, [hashes])
    })
    return rows
  }

  async #select(ids: readonly number[]): Promise<WordRow[]> {
    const select = 'SELECT id, words FROM keyword_set WHERE id = ANY($1::int[])'
    return (await this.#store.retrying(() => this.#store.pool.query<WordRow>(select, [ids]))).rows
  }

  #keep(known: Known, { id, words: text }: WordRow): void {
    const words = wordsIn(text)
    this.#ids.set(text, id)
    this.#words.set(id, words)
    known.keep(id, text, words)
  }

  #forgetIfMany(): void {
    if (this.#ids.size < MOST_CACHED) return
    this.#ids.clear()
    this.#words.clear()
  }
}

interface WordRow {
  readonly id: number
  readonly words: string
}

const NONE: readonly string[] = []

/** The numbers that one caller asked for: another's asking cannot make them forgotten in between. */
class Known implements WordIds {
  readonly #ids = new Map<string, number>()
  readonly #words = new Map<number, readonly string[]>()

  keep(id: number, text: string, words: readonly string[]): void {
    this.#ids.set(text, id)
    this.#words.set(id, words)
  }

  idOf(words: readonly string[]): number {
    if (words.length === 0) return 0
    const id = this.#ids.get(textOf(words))
    if (id === undefined) throw bug('LEDGER_WORDS', 'a list of keywords was packed before it had a number')
    return id
  }

  wordsOf(id: number): readonly string[] {
    if (id === 0) return NONE
    const words = this.#words.get(id)
    if (!words) throw bug('LEDGER_WORDS', `the ledger names keyword set ${id}, which is not there`)
    return words
  }
}

const NO_WORDS: WordIds = new Known()
