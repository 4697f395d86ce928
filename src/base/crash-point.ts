/**
 * Named places where a test may kill or freeze this process: `WAYBILL_CRASH=land.before:3` kills with SIGKILL at
 * the third passage of `land.before`, `…:3:stop` freezes with SIGSTOP. Both act before the call returns, as the
 * kernel delivers a process its own signal at once. Costs one comparison when unset.
 */
const wish = process.env['WAYBILL_CRASH']
const [place, passage, manner] = wish?.split(':') ?? []
const at = Number(passage ?? 1)
let seen = 0

export const crashPoints = [
  'folders.planned',
  'folder.created',
  'folders.saved',
  'intend.before',
  'intend.after',
  'append.inside',
  'append.last-byte',
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

export type CrashPoint = (typeof crashPoints)[number]

export function crashPoint(name: CrashPoint): void {
  if (name !== place) return
  if (++seen === at) process.kill(process.pid, manner === 'stop' ? 'SIGSTOP' : 'SIGKILL')
}
