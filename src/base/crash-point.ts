/**
 * Named places where a test may kill or freeze this process: `WAYBILL_CRASH=land.before:3` kills with SIGKILL at
 * the third passage of `land.before`, `…:3:stop` freezes with SIGSTOP; several are separated by commas. Both act
 * before the call returns, as the kernel delivers a process its own signal at once. Costs one comparison when unset.
 */
export const crashPoints = [
  'folders.planned',
  'folder.created',
  'folders.saved',
  'intend.before',
  'intend.after',
  'append.inside',
  'append.last-byte',
  'append.sent',
  'append.answered',
  'land.before',
  'land.after',
  'mark.before',
  'mark.after',
  'recover.looked',
  'recover.closed',
  'audit.before',
  'audit.removed',
  'adopt.before',
  'adopt.after',
] as const

/** Of the service, between an act and its row in the audit log of administrators. */
export const recordPoints = ['record.begun', 'record.acted'] as const

/** Of the service, while a batch that is removed comes to the archive. */
export const archivePoints = ['archive.users', 'archive.batch'] as const

/** Of `waybill restore` and `waybill rotate-key`. */
export const statePoints = [
  'restore.begun',
  'restore.loaded',
  'restore.committed',
  'restore.files',
  'rotate.staged',
  'rotate.sealed',
  'rotate.committed',
] as const

export type CrashPoint = (typeof crashPoints | typeof recordPoints | typeof archivePoints | typeof statePoints)[number]

interface Wish {
  readonly place: string
  /** Passages that are still let go. */
  left: number
  readonly signal: 'SIGKILL' | 'SIGSTOP'
}

const wishes: readonly Wish[] | null =
  process.env['WAYBILL_CRASH']?.split(',').map((text) => {
    const [place = '', passage = '1', manner] = text.split(':')
    return { place, left: Number(passage) - 1, signal: manner === 'stop' ? 'SIGSTOP' : 'SIGKILL' }
  }) ?? null

export function crashPoint(name: CrashPoint): void {
  if (wishes === null) return
  for (const wish of wishes) {
    if (wish.place === name && wish.left-- === 0) process.kill(process.pid, wish.signal)
  }
}
