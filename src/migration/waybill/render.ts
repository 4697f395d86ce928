/** What a check found, as plain lines for a terminal: whatever comes from the file is shown, never obeyed. */
import { counted } from '#base/counted.ts'
import { safeText } from '#base/safe-text.ts'
import type { AgainstCheck } from './against.ts'
import type { Counts, HeaderLine } from './format.ts'
import type { WaybillCheck } from './verify.ts'

const TRUST: Record<WaybillCheck['trust'], string> = {
  given: 'signed with the key that you named',
  known: 'signed with a key of this instance',
  'integrity-only':
    'INTEGRITY ONLY: the file is whole as its own key sealed it; nothing says whose key that is. Compare the fingerprint.',
  none: 'NOT PROVED',
}

/** Lines about single messages: what does not fit a screen is not read. */
const MOST_SHOWN = 40

const path = (folder: readonly string[]) => safeText(folder.join('/'))

export function renderCheck(check: WaybillCheck): string[] {
  const lines = [`${check.ok ? 'OK' : 'FAILED'}  ${safeText(check.file)}`]
  if (check.header) lines.push(...aboutHeader(check.header))
  if (check.totals) lines.push(`messages     ${aboutCounts(check.totals, check.folders.length)}`)
  if (check.fingerprint !== null) lines.push(`fingerprint  ${check.fingerprint}`)
  lines.push(`seal         ${TRUST[check.trust]}`)
  for (const { file } of check.earlier) lines.push(`earlier      ${safeText(file)} was checked too`)
  if (check.absent !== null) {
    lines.push(
      `earlier      ${safeText(check.absent)} was not found beside this file or in the other runs' folders and was NOT checked`,
    )
  }
  for (const { file, line, message } of check.problems) {
    lines.push(`problem      ${safeText(file)}${line === null ? '' : `, line ${line}`}: ${safeText(message)}`)
  }
  return lines
}

export function renderAgainst(against: AgainstCheck): string[] {
  // The first line is what a tired person reads: it speaks for the target too.
  const [, ...about] = renderCheck(against.check)
  const lines = [`${against.ok ? 'OK' : 'FAILED'}  ${safeText(against.check.file)}`, ...about]
  if (!against.compared) return [...lines, 'target       not compared, for the file itself is not good']
  const { equal, canonical, rewritten, changed, missing, unlocated } = against.verdicts
  lines.push(
    `target       ${counted(against.looked, 'message')} of ${against.messages} compared: ${equal} equal, ${canonical} equal in ` +
      `canonical form, ${rewritten} rewritten, ${changed} changed, ${missing} missing, ${unlocated} not to be located`,
  )
  for (const { verdict, line, folder, uid, message } of against.differences.slice(0, MOST_SHOWN)) {
    lines.push(`${verdict.padEnd(12)} ${path(folder)}, source UID ${uid} (line ${line}): ${safeText(message)}`)
  }
  const listed = Math.min(against.differences.length, MOST_SHOWN)
  const all = against.looked - equal
  if (listed < all) lines.push(`             and ${all - listed} more; --json lists more of them`)
  return lines
}

function aboutHeader(header: HeaderLine): string[] {
  const { source, target } = header
  const root = source.userRoot === '' ? '' : ` below ${source.userRoot}`
  return [
    `mailbox      ${safeText(header.emailAddress)}, waybill ${header.number}${header.complete ? '' : ', of a pass that did not finish'}`,
    `source       ${safeText(`${source.userName} at ${source.host}:${source.port}${root}`)}`,
    `target       ${safeText(`${target.login} at ${target.kind} ${target.place}`)}`,
    `pass         ${safeText(`${header.started} to ${header.finished}, run ${header.run}, ${header.tool}`)}`,
  ]
}

function aboutCounts(c: Counts, folders: number): string {
  const parts: [number, string][] = [
    [c.carried, 'carried'],
    [c.found, 'carried and found again'],
    [c.adopted, 'there before'],
    [c.earlier, 'in earlier waybills'],
    [c.skipped, 'skipped'],
    [c.excluded, 'excluded'],
    [c.vanished, 'gone before they were read'],
    [c.unexplained, 'not reached'],
  ]
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`)
  const removed = c.removed > 0 ? `; ${c.removed} of these are no longer in the source` : ''
  const held = `${c.source} in ${counted(folders, 'folder')} of the source`
  return `${held}: ${said.join(', ') || 'none'}${removed}; ${counted(c.bytes, 'byte')}`
}
