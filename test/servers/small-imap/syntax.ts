import { unquote } from '#test/worlds/fill.ts'
import { months } from '#test/worlds/fill.ts'

/** Reads arguments off a command: atoms, quoted strings, literals (as `{n}`), parenthesised lists. */
export class Args {
  #text: string
  #literals: Buffer[]

  constructor(text: string, literals: readonly Buffer[]) {
    this.#text = text
    this.#literals = [...literals]
  }

  get rest(): string {
    return this.#text
  }

  get done(): boolean {
    return this.#text.trim() === ''
  }

  /** An astring or list-mailbox; null when there is none. */
  string(): string | null {
    const quoted = this.#take(/^ *"((?:[^"\\]|\\.)*)"/)
    if (quoted !== null) return unquote(quoted)
    const literal = this.literal()
    if (literal !== null) return literal.toString('latin1')
    return this.#take(/^ *([^\s()"{]+)/)
  }

  literal(): Buffer | null {
    return this.#take(/^ *(?:~?)\{(\d+)\}/) === null ? null : (this.#literals.shift() ?? null)
  }

  /** The inside of `(…)`, without nesting. */
  list(): string[] | null {
    const inside = this.#take(/^ *\(([^()]*)\)/)
    return inside === null ? null : inside.split(' ').filter((word) => word !== '')
  }

  quoted(): string | null {
    return this.#take(/^ *"([^"]*)"/)
  }

  word(): string | null {
    return this.#take(/^ *(\S+)/)
  }

  #take(pattern: RegExp): string | null {
    const match = pattern.exec(this.#text)
    if (!match) return null
    this.#text = this.#text.slice(match[0].length)
    return match[1] ?? ''
  }
}

/** RFC 9051 §9 date-time as seconds since 1970; null when it is none. */
export function readDate(text: string): number | null {
  const match = /^ ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text)
  if (!match) return null
  const [, day, name, year, hours, minutes, seconds, sign, zoneHours, zoneMinutes] = match
  const month = months.indexOf(name ?? '')
  if (month < 0) return null
  const utc = Date.UTC(Number(year), month, Number(day), Number(hours), Number(minutes), Number(seconds)) / 1000
  return utc - (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60 * (sign === '-' ? -1 : 1)
}

/** A LIST pattern (RFC 9051 §6.3.9) as a test. */
export function listPattern(pattern: string, separator: string): (name: string) => boolean {
  const level = `[^${separator.replace(/[\\\]^]/g, '\\$&')}]*`
  const source = pattern
    .split(/([*%])/)
    .map((part) => (part === '*' ? '.*' : part === '%' ? level : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('')
  const expression = new RegExp(`^${source}$`, 'i')
  return (name) => expression.test(name)
}
