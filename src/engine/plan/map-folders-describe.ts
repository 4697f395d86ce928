/** The folder plan as plain rows: for the table of a dry run, for JSON and for the report. */
import type { FolderRole, SourceFolder } from '../ports.ts'
import { formatFolder } from './exclude.ts'
import type { FolderPlan } from './map-folders.ts'

export interface PlanRow {
  /** As it may be typed into `--exclude-folder`. Names may hold control characters: whoever prints escapes them. */
  readonly source: string
  /** '' when nothing goes there. */
  readonly target: string
  readonly role: FolderRole | null
  /** Null: the source tells only when the folder is opened. */
  readonly messages: number | null
  readonly action: 'copy' | 'hierarchy only' | 'excluded'
  /** Why the names differ or why nothing is copied; '' when there is nothing to say. */
  readonly note: string
}

export interface ExcludedFolder {
  readonly source: SourceFolder
  readonly pattern: string
}

/** Rows in the plan's order, the excluded ones at the end. */
export function describePlan(plan: FolderPlan, excluded: readonly ExcludedFolder[] = []): PlanRow[] {
  const rows = plan.entries.map(({ source, targetPath, role, reason, note, selectable }): PlanRow => {
    const words = note ?? (reason === 'role' ? `the target's own ${role ?? ''} folder` : '')
    return {
      source: formatFolder(source.path),
      target: formatFolder(targetPath),
      role,
      messages: selectable ? (source.status?.messages ?? null) : 0,
      action: selectable ? 'copy' : 'hierarchy only',
      note: reason === 'kept' ? 'planned by an earlier pass' : words,
    }
  })
  const out = excluded.map(({ source, pattern }): PlanRow => {
    const messages = source.selectable ? (source.status?.messages ?? null) : 0
    const note = `excluded by ${pattern}`
    return { source: formatFolder(source.path), target: '', role: source.role, messages, action: 'excluded', note }
  })
  return [...rows, ...out]
}

export interface PlanTotals {
  readonly folders: number
  /** Folders that hold children only. */
  readonly hierarchyOnly: number
  readonly excludedFolders: number
  /** Of the folders to copy whose count is known. */
  readonly messages: number
  readonly excludedMessages: number
  /** Folders whose number of messages is not known yet. */
  readonly uncounted: number
}

export function planTotals(rows: readonly PlanRow[]): PlanTotals {
  const of = (action: PlanRow['action']) => rows.filter((row) => row.action === action)
  const sum = (some: readonly PlanRow[]) => some.reduce((total, { messages }) => total + (messages ?? 0), 0)
  return {
    folders: of('copy').length,
    hierarchyOnly: of('hierarchy only').length,
    excludedFolders: of('excluded').length,
    messages: sum(of('copy')),
    excludedMessages: sum(of('excluded')),
    uncounted: rows.filter(({ messages }) => messages === null).length,
  }
}
