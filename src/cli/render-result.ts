/** What stands on the terminal when a migration is over: the table, what went wrong and what to do, where everything lies. */
import { sentence } from '#base/sentence.ts'
import type { MigrateResult, MigrateUserResult } from '#contract/migrate.ts'
import { plainTable } from './plain-table.ts'
import { remedyOfCommand } from './remedy.ts'
import { counted } from '#base/counted.ts'
import { bytes, count, duration } from './quantities.ts'
import { safeText } from '#base/safe-text.ts'

/** Names in one list, notes of one user: more are counted, result.json has them all. */
const MOST = 5
const MOST_NOTES = 10

const COLUMNS = [
  { head: 'User', align: 'left' },
  { head: 'Status', align: 'left' },
  { head: 'Items', align: 'right' },
  { head: 'New', align: 'right' },
  { head: 'Skipped', align: 'right' },
  { head: 'Bytes', align: 'right' },
  { head: 'Rate', align: 'right' },
  { head: 'Duration', align: 'right' },
] as const

export function renderResult(result: MigrateResult): string {
  const { users, badRows, reportFolder, errorsCsv, skippedCsv } = result
  const blocks = [
    users.length > 0 ? [plainTable(COLUMNS, users.map(row)), '', total(users), ...verifiedLine(users)] : [],
    problemLines(users),
    badRows.map(({ rowNumber, message }) => `Row ${rowNumber} was not run: ${safeText(sentence(message))}`),
    users.flatMap(noteLines),
    [
      `Reports and waybills: ${reportFolder}`,
      ...(skippedCsv === null ? [] : [`Messages that were skipped, and why: ${skippedCsv}`]),
      ...(errorsCsv === null ? [] : [`Users to try again (fill in their passwords): ${errorsCsv}`]),
    ],
    result.stopped ? ['Stopped. Give the same command again, and it goes on where it stopped.'] : [],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

/** Items: in the target by now. New, bytes, rate, duration: of this run. */
const row = (user: MigrateUserResult): string[] => [
  safeText(user.emailAddress),
  user.status,
  count(user.items),
  count(user.carried),
  count(user.skipped),
  bytes(user.carriedBytes),
  user.carried > 0 ? `${count(Math.round(user.carried / Math.max(user.transferSeconds, 0.001)))}/s` : '',
  duration(user.durationMs),
]

function total(users: readonly MigrateUserResult[]): string {
  const sum = (pick: (user: MigrateUserResult) => number) => users.reduce((all, user) => all + pick(user), 0)
  const states = (['Synced', 'Failed', 'Stopped'] as const)
    .map((status) => [status, users.filter((user) => user.status === status).length] as const)
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${count(n)} ${status.toLowerCase()}`)
  const carried = `${counted(
    sum((user) => user.carried),
    'message',
  )} carried (${bytes(sum((user) => user.carriedBytes))})`
  return `${counted(users.length, 'user')}: ${states.join(', ')}. ${carried}, ${count(sum((user) => user.skipped))} skipped.`
}

/** What was read back from the target; a difference is named whatever its number. */
function verifiedLine(users: readonly MigrateUserResult[]): string[] {
  const all = users.flatMap(({ verified }) => verified ?? [])
  const sum = (pick: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + pick(one), 0)
  const looked = sum((one) => one.looked)
  if (looked === 0) return []
  const parts: readonly (readonly [number, string])[] = [
    [sum((one) => one.equal), 'equal'],
    [sum((one) => one.canonical), 'equal in canonical form'],
    [sum((one) => one.rewritten), 'rewritten by the target'],
    [sum((one) => one.differing), 'DIFFERENT'],
    [sum((one) => one.gone), 'gone from the target'],
  ]
  const found = parts.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`)
  return [`${counted(looked, 'message')} read back from the target and compared: ${found.join(', ')}.`]
}

/** A server that is down fails a thousand users with one sentence: it is said once. */
function problemLines(users: readonly MigrateUserResult[]): string[] {
  const failed = users.flatMap(({ emailAddress, rowNumber, error }) =>
    error ? [{ who: `${safeText(emailAddress)} (row ${rowNumber})`, error }] : [],
  )
  const alike = Map.groupBy(failed, ({ error }) => JSON.stringify([error.code, error.message, error.remedy]))
  return [...alike.values()].flatMap((group) => {
    const { error } = group[0]!
    const names = group.slice(0, MOST).map(({ who }) => who)
    const more = group.length > MOST ? ` and ${count(group.length - MOST)} more` : ''
    const lines = [`${names.join(', ')}${more}: ${safeText(sentence(error.message))}`]
    const remedy = remedyOfCommand(error)
    return remedy === null ? lines : [...lines, `  ${remedy}`]
  })
}

function noteLines({ emailAddress, notes }: MigrateUserResult): string[] {
  const lines = notes.slice(0, MOST_NOTES).map((note) => `${safeText(emailAddress)}: ${safeText(sentence(note))}`)
  const more = notes.length - MOST_NOTES
  return more > 0 ? [...lines, `${safeText(emailAddress)}: ${counted(more, 'note')} more in result.json.`] : lines
}
