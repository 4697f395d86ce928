/** Every step of the write protocol (transfer-engine.md §3) at which a run is killed. */
import assert from 'node:assert/strict'
import { crashPoints } from '#base/crash-point.ts'
import type { CrashPoint } from '#base/crash-point.ts'
import type { Ended } from '#test/migrate/run-waybill.ts'
import { stateOf, until } from './until.ts'
import type { CrashUser, CrashWorld, TargetKind } from './world.ts'

export interface CrashCase {
  readonly point: CrashPoint
  readonly passage: number
  /** Where earlier runs of the case are killed, so that the step is reached at all. */
  readonly earlier: readonly string[]
  readonly kinds: readonly TargetKind[]
}

const IMAP: readonly TargetKind[] = ['imap', 'imap-plain', 'imap-bare']
const ALL: readonly TargetKind[] = [...IMAP, 'maildir']

const at = (
  point: CrashPoint,
  passages: readonly number[],
  kinds: readonly TargetKind[] = ALL,
  earlier: readonly string[] = [],
): CrashCase[] => passages.map((passage) => ({ point, passage, earlier, kinds }))

/** `audit.removed` needs a copy that comes late: late-landing.ts. */
export const crashCases: readonly CrashCase[] = [
  ...at('folders.planned', [1]),
  ...at('folder.created', [1, 4]),
  ...at('folders.saved', [1, 2, 4]),
  ...at('adopt.before', [1]),
  ...at('adopt.after', [1]),
  ...at('intend.before', [1, 7]),
  ...at('intend.after', [1, 7]),
  ...at('append.inside', [1, 6, 14]),
  ...at('append.last-byte', [1, 9]),
  ...at('append.sent', [1, 8], IMAP),
  ...at('append.answered', [1, 6]),
  ...at('land.before', [1, 6]),
  ...at('land.after', [1, 6]),
  ...at('mark.before', [1, 3]),
  ...at('mark.after', [1, 3]),
  // Landed and not known; then sent in part and not landed.
  ...at('recover.looked', [1], ALL, ['append.answered:3']),
  ...at('recover.closed', [1], ALL, ['append.answered:3']),
  ...at('recover.closed', [1], ALL, ['append.inside:9']),
  ...at('recover.looked', [1], ALL, ['append.answered:1', 'recover.closed:1', 'append.answered:3']),
  // Nothing is audited where a name is stored once.
  ...at('audit.before', [1], IMAP, ['append.last-byte:4']),
]

export const named = ({ point, passage, earlier }: CrashCase): string =>
  [...earlier, `${point}:${passage}`].join(', then ')

/** Kills at the case's steps, resumes with the same command, compares; then one more run must append nothing. */
export async function runCase(world: CrashWorld, kind: TargetKind, one: CrashCase): Promise<void> {
  const user = await completedCase(world, kind, one)
  await world.assertDone(user)
}

/** As `runCase`, but for the one more run: `assertDoneAll` makes it for many. */
export async function completedCase(world: CrashWorld, kind: TargetKind, one: CrashCase): Promise<CrashUser> {
  const user = await world.user(kind)
  for (const crash of [...one.earlier, `${one.point}:${one.passage}`]) await killedAt(world, user, crash)
  await world.complete(user)
  await world.assertEqual(user)
  return user
}

const lostLease = ({ code, stdout }: Ended): boolean => code === 2 && stdout.includes('"code": "LEASE_LOST"')

export async function killedAt(world: CrashWorld, user: CrashUser, crash: string): Promise<void> {
  let ended = await world.start(user, { crash }).ended
  // Its lease is short, which a busy machine can let run out before the step is reached: then it is begun once more.
  for (let left = 5; left > 0 && lostLease(ended); left--) ended = await world.start(user, { crash }).ended
  assert.equal(ended.signal, 'SIGKILL', `the run did not come by ${crash}: ${ended.stderr}${ended.stdout}`)
}

/** A run that stands still at `crash`; resolves when it does. */
export async function frozenAt(
  world: CrashWorld,
  user: CrashUser,
  crash: string,
  options: Parameters<CrashWorld['start']>[1] = {},
) {
  const running = world.start(user, { ...options, crash })
  let ended = false
  void running.ended.then(() => (ended = true))
  await until(`the run stands still at ${crash}`, () => {
    if (ended) throw new Error(`the run ended before ${crash}`)
    return stateOf(running.child.pid!) === 'T'
  })
  return running
}

/** Every step is killed at least once by the cases above or by late-landing.ts. */
export const uncovered = (): string[] =>
  crashPoints.filter((point) => point !== 'audit.removed' && !crashCases.some((one) => one.point === point))
