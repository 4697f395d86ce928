/** What a dry run found: for each user the folders, where they would go, and what would be left out. */
import { sentence } from '#base/sentence.ts'
import type { DryRunFolder, DryRunUser, MigrateResult } from '#contract/migrate.ts'
import { plainTable } from './plain-table.ts'
import { remedyOfCommand } from './remedy.ts'
import { counted } from '#base/counted.ts'
import { bytes, count } from './quantities.ts'
import { safeText } from '#base/safe-text.ts'

const COLUMNS = [
  { head: '  Source folder', align: 'left' },
  { head: 'Target folder', align: 'left' },
  { head: 'Messages', align: 'right' },
  { head: 'Bytes', align: 'right' },
  { head: 'Too large', align: 'right' },
  { head: 'Deleted', align: 'right' },
  { head: 'Note', align: 'left' },
] as const

export function renderDryRun(users: readonly DryRunUser[], badRows: MigrateResult['badRows']): string {
  const lines = users.flatMap((user) => [...userLines(user), ''])
  for (const { rowNumber, message } of badRows)
    lines.push(`Row ${rowNumber} would not be run: ${safeText(sentence(message))}`)
  if (badRows.length > 0) lines.push('')
  const ready = users.filter(({ error }) => error === null)
  const failing = users.length - ready.length + badRows.length
  const sum = (pick: (folder: DryRunFolder) => number) =>
    ready.reduce((all, { folders }) => folders.reduce((part, folder) => part + pick(folder), all), 0)
  const work = `${counted(
    sum(({ messages }) => messages),
    'message',
  )}, ${bytes(sum((folder) => folder.bytes))}`
  lines.push(
    `Dry run: nothing was copied. ${counted(ready.length, 'user')} could be migrated (${work})${failing > 0 ? `, ${count(failing)} could not` : ''}.`,
  )
  return lines.join('\n')
}

function userLines({ emailAddress, rowNumber, error, folders, notes }: DryRunUser): string[] {
  const head = `${safeText(emailAddress)} (row ${rowNumber})`
  const noted = notes.map((note) => `  ${safeText(sentence(note))}`)
  if (error) {
    const remedy = remedyOfCommand(error)
    return [head, `  ${safeText(sentence(error.message))}`, ...(remedy === null ? [] : [`  ${remedy}`]), ...noted]
  }
  const rows = folders.map((folder) => [
    `  ${safeText(folder.source)}`,
    safeText(folder.target),
    count(folder.messages),
    bytes(folder.bytes),
    count(folder.large),
    count(folder.deleted),
    safeText(folder.note),
  ])
  return [head, plainTable(COLUMNS, rows), ...noted]
}
