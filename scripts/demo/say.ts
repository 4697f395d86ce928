/** What the demo tells, and how it ends when a claim does not hold. */

/** A claim of the demo that did not come true: exit 1 with this sentence. */
export class DemoFailed extends Error {
  override readonly name = 'DemoFailed'
}

/** The person at the keyboard stopped it: exit 130. */
export class DemoStopped extends Error {
  override readonly name = 'DemoStopped'
}

export const say = (text = '') => process.stdout.write(`${text}\n`)

let steps = 0
export const step = (title: string) => say(`\n${++steps}. ${title}\n`)

let held = 0
export const claimsHeld = () => held

/** Says that it holds, or throws DemoFailed. */
export function claim(holds: boolean, sentence: string, otherwise: string): void {
  if (!holds) throw new DemoFailed(otherwise)
  held++
  say(`   ✓ ${sentence}`)
}

/** Some lines of a text file, indented. */
export function quote(text: string, most = 6): void {
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
  for (const line of lines.slice(0, most)) say(`     ${line.length > 200 ? `${line.slice(0, 199)}…` : line}`)
  if (lines.length > most) say(`     … and ${lines.length - most} lines more`)
}

/** A command as a person would type it. */
export const asTyped = (words: readonly string[]) =>
  words.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(' ')
