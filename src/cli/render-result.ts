/** The table at the end, and where everything lies. */
import Table from 'cli-table3'
import type { DryRunUser, MigrateResult, MigrateUserResult } from '#contract/migrate.ts'
import { safeText } from './safe-text.ts'

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}
const STYLE = { 'padding-left': 0, 'padding-right': 0, head: [], border: [] }

export function renderResult(result: MigrateResult): string {
  const table = new Table({
    chars: PLAIN,
    style: STYLE,
    head: ['User', 'Status', 'Items', 'New', 'Skipped', 'Bytes', 'Rate', 'Duration'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const user of result.users) {
    table.push([
      safeText(user.emailAddress),
      user.status,
      count(user.items),
      count(user.carried),
      count(user.skipped),
      bytes(user.carriedBytes),
      rate(user),
      duration(user.durationMs),
    ])
  }
  const lines = [table.toString(), '']
  for (const user of result.users) {
    if (user.error)
      lines.push(`${safeText(user.emailAddress)} (row ${user.rowNumber}): ${safeText(user.error.message)}`)
    if (user.error?.remedy) lines.push(`  ${safeText(user.error.remedy)}`)
    for (const note of user.notes) lines.push(`${safeText(user.emailAddress)}: ${safeText(note)}`)
  }
  for (const row of result.badRows) lines.push(`Row ${row.rowNumber}: ${safeText(row.message)}`)
  if (lines.at(-1) !== '') lines.push('')
  lines.push(`Reports and waybills: ${result.reportFolder}`)
  if (result.errorsCsv) lines.push(`Rows that failed, passwords left empty: ${result.errorsCsv}`)
  if (result.stopped) lines.push('Stopped. Run the same command again and it goes on where it stopped.')
  return lines.join('\n')
}

export function renderDryRun(users: readonly DryRunUser[]): string {
  const lines: string[] = []
  for (const user of users) {
    lines.push(`${safeText(user.emailAddress)} (row ${user.rowNumber})`)
    if (user.error) {
      lines.push(`  ${safeText(user.error.message)}`)
      if (user.error.remedy) lines.push(`  ${safeText(user.error.remedy)}`)
    } else {
      const table = new Table({
        chars: PLAIN,
        style: STYLE,
        head: ['  Source folder', 'Target folder', 'Messages', 'Bytes', 'Too large', 'Deleted', 'Note'],
        colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
      })
      for (const folder of user.folders) {
        table.push([
          `  ${safeText(folder.source)}`,
          safeText(folder.target),
          count(folder.messages),
          bytes(folder.bytes),
          count(folder.large),
          count(folder.deleted),
          safeText(folder.note),
        ])
      }
      lines.push(table.toString())
    }
    for (const note of user.notes) lines.push(`  ${safeText(note)}`)
    lines.push('')
  }
  lines.push('Dry run: nothing was copied.')
  return lines.join('\n')
}

const count = (value: number) => value.toLocaleString('en-US')

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let left = value
  for (; left >= 1024 && unit < units.length - 1; unit++) left /= 1024
  return `${unit === 0 || left >= 100 ? left.toFixed(0) : left.toFixed(1)} ${units[unit]}`
}

export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  return h > 0 ? `${h} h ${m} min` : `${m} min ${s} s`
}

const rate = (user: MigrateUserResult) =>
  user.carried > 0 ? `${count(Math.round(user.carried / Math.max(user.transferSeconds, 0.001)))}/s` : ''
