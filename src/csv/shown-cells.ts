import { safeText } from '#base/safe-text.ts'
import { isSecret } from './columns.ts'

/** Long enough to know a row again. */
const MOST_SIGNS = 60
const MASK = '••••••••'

/** A row as a page may show it: whatever looks like a password is masked, also in columns that are not ours. */
export const shownCells = (header: readonly string[], cells: readonly string[]): string[] =>
  cells.map((cell, index) => {
    // A cell without a column may be one that was shifted.
    if (header[index] === undefined || isSecret(header[index])) return cell === '' ? '' : MASK
    const shown = safeText(cell.length > MOST_SIGNS ? `${cell.slice(0, MOST_SIGNS)}…` : cell)
    return shown
  })
