/** What is said when a cmdlet is called wrongly: nothing was sent. */
import { Fault } from '#base/fault.ts'

export const usage = (message: string, remedy?: string): Fault =>
  new Fault({
    code: 'CMDLET_USAGE',
    scope: 'request',
    transient: false,
    message,
    ...(remedy === undefined ? {} : { remedy }),
  })

/** `A`, `A and B`, `A, B and C` */
export const inWords = (words: readonly string[], and = 'and'): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}` : (words[0] ?? '')

/** Those of `names` that differ least from `word`, at most three; none when nothing is near. */
export function nearest(word: string, names: readonly string[]): string[] {
  const wanted = word.toLowerCase()
  const most = Math.max(2, Math.floor(wanted.length / 3))
  return names
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1)!
}
