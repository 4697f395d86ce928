/** What the service says is English. Where a language has its sentence, a page shows that one instead. */

export interface Said {
  /** As the service says them, whole; `a command is not possible` because, `what to do`, what is wrong at a field. */
  readonly sentences: Readonly<Record<string, string>>
  /** What happened, by the code of docs/errors.md. The service's own sentence stays below, for it has the names. */
  readonly faults: Readonly<Record<string, string>>
  /** Of `none`, `yes` and `no`, where a value is told. */
  readonly values: Readonly<Record<string, string>>
  /** At a field that somebody else has changed. */
  isNow(value: string): string
}

let said: Said = { sentences: {}, faults: {}, values: {}, isNow: (value) => value }

/** From now on this language. */
export const speak = (now: { readonly said: Said }): void => void (said = now.said)

/** What was not translated, names and servers' words among it, stays as it is. */
export function translated(text: string): string {
  const whole = sentenceOf(text)
  if (whole !== undefined) return whole
  const parts = text.split(/(?<=\.) (?=[A-Z])/).map(sentenceOf)
  // Half of it in another language is harder to read than all of it in English.
  return parts.every((part) => part !== undefined) ? parts.join(' ') : text
}

const NOW = 'is now '

/** What a field that somebody else has changed is now; the service says `is now 30`. Null: it says something else. */
export function valueNow(message: string): string | null {
  if (!message.startsWith(NOW)) return null
  const value = message.slice(NOW.length)
  return Object.hasOwn(said.values, value) ? said.values[value]! : value
}

/** The same at the field itself. */
export function nowIn(message: string): string | null {
  const value = valueNow(message)
  return value === null ? null : said.isNow(value)
}

const sentenceOf = (text: string): string | undefined =>
  Object.hasOwn(said.sentences, text) ? said.sentences[text] : undefined

/** Null: the service's own sentence is all that is said. */
export const faultOf = (code: string): string | null => (Object.hasOwn(said.faults, code) ? said.faults[code]! : null)
