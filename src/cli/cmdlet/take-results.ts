/** -ResultSize: as many as were asked for, and a warning when there were more. */
import type { Call } from './declare.ts'
import { type PipeObject, propertyOf, shape, textOf } from './shape.ts'
import { wildcard } from './wildcard.ts'

const DEFAULT = 1000

export interface Results {
  readonly type: string
  readonly size: number | undefined
  /** Only those whose Identity matches. */
  readonly pattern?: string | undefined
}

export async function* takeResults(
  items: AsyncIterable<object>,
  { type, size = DEFAULT, pattern }: Results,
  call: Pick<Call, 'warn'>,
): AsyncGenerator<PipeObject, void, undefined> {
  const fits = pattern === undefined ? () => true : wildcard(pattern)
  let left = size
  for await (const item of items) {
    const object = shape(type, item)
    if (!fits(textOf(propertyOf(object, 'Identity')))) continue
    if (left-- <= 0) {
      call.warn(`There are more results than the ${size} that were asked for. To see all, use -ResultSize Unlimited`)
      return
    }
    yield object
  }
}

/** Pages no larger than needed: one more than asked for tells whether there were more. */
export const pageSizeFor = (size: number = DEFAULT, pattern?: string): number =>
  pattern === undefined ? Math.min(size + 1, 1000) : 1000
