/** Why a batch ends by itself, in English as it is stored, and read back for those who tell it in another language. */
export const END_REASONS = {
  completed: 'it is completed',
  synced: 'it is synced and nobody has changed it',
  failed: 'it has failed and nobody has changed it',
  stopped: 'it is stopped and nobody has changed it',
} as const
export type EndReason = keyof typeof END_REASONS
export type EndUnit = 'day' | 'hour' | 'second'

export interface EndWhy {
  readonly reason: EndReason
  readonly n: number
  readonly unit: EndUnit
}

export function writeWhy(reason: EndReason, seconds: number): string {
  const [n, unit] =
    seconds % 86_400 === 0
      ? [seconds / 86_400, 'day']
      : seconds % 3600 === 0
        ? [seconds / 3600, 'hour']
        : [seconds, 'second']
  return `${END_REASONS[reason]} for ${n} ${unit}${n === 1 ? '' : 's'}`
}

/** Null: nothing that we wrote. */
export function readWhy(text: string): EndWhy | null {
  const [, what, n, unit] = /^(.*) for (\d+) (day|hour|second)s?$/.exec(text) ?? []
  const reason = (Object.keys(END_REASONS) as EndReason[]).find((each) => END_REASONS[each] === what)
  return reason === undefined ? null : { reason, n: Number(n), unit: unit as EndUnit }
}
