/** The columns of an IMAP file (S3, exchange-semantics.md §4), how they must be spelt, and what looks like them. */

export const requiredColumns = ['EmailAddress', 'UserName', 'Password'] as const
export const optionalColumns = ['UserRoot', 'TargetDatabase', 'TargetUserName', 'TargetPassword'] as const
export type ColumnName = (typeof requiredColumns)[number] | (typeof optionalColumns)[number]

/** Our own errors CSV adds it; it is accepted and ignored so that a corrected errors CSV can be submitted as it is. */
export const errorColumn = 'ErrorMessage'

const known: readonly string[] = [...requiredColumns, ...optionalColumns, errorColumn]

export const isKnown = (header: string) => known.includes(header)

/** `Email Address`, `emailaddress`, `E-Mail_Address` all read the same here. */
const bare = (header: string) =>
  header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** The known column that a header is a misspelling of, or null: same letters, or at most two slips apart. */
export function meantBy(header: string): string | null {
  if (isKnown(header) || header.length > 40) return null
  const typed = bare(header)
  const same = known.find((name) => bare(name) === typed)
  if (same !== undefined) return same
  const near = known.map((name) => ({ name, slips: slipsBetween(typed, bare(name)) })).filter(({ slips }) => slips <= 2)
  return near.sort((a, b) => a.slips - b.slips)[0]?.name ?? null
}

/** Edits between two short words: a letter too many, missing, changed, or two neighbours swapped. */
function slipsBetween(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j))
  const at = (i: number, j: number) => table[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity
      table[i]![j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + changed, swapped)
    }
  }
  return at(a.length, b.length)
}

/**
 * Whether row 1 is a header row at all. Where it is not (people forget the header), its cells are data, perhaps
 * passwords, and no message may quote them.
 */
export function looksLikeHeader(cells: readonly string[]): boolean {
  return !cells.some((cell) => cell.includes('@')) && cells.some((cell) => known.some((k) => bare(k) === bare(cell)))
}

/** Columns whose cells never leave this room: Password, TargetPassword, and whatever else looks like holding one. */
export function isSecret(header: string): boolean {
  const meant = meantBy(header) ?? header
  return meant === 'Password' || meant === 'TargetPassword' || /pass|pwd|secret|kennwort|contrase|senha/i.test(header)
}

/** As a spreadsheet names it: 0 is A, 25 is Z, 26 is AA. */
export function columnLetter(index: number): string {
  const rest = Math.floor(index / 26)
  return (rest > 0 ? columnLetter(rest - 1) : '') + String.fromCodePoint(65 + (index % 26))
}

/** `column Password (C)` where the header is one of ours, else `column C`: a strange header might be data. */
export function columnLabel(header: readonly string[] | null, index: number): string {
  const name = header?.[index]
  return name !== undefined && isKnown(name)
    ? `column ${name} (${columnLetter(index)})`
    : `column ${columnLetter(index)}`
}
