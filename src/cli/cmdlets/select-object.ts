import { safeText } from '#base/safe-text.ts'
import { selectNames } from '../cmdlet/columns.ts'
import { filter, type Sink } from '../cmdlet/declare.ts'
import { type PipeObject, propertyOf, typeOf } from '../cmdlet/shape.ts'
import { usage } from '../cmdlet/usage.ts'

export const selectObject = filter({
  name: 'Select-Object',
  synopsis: 'Takes some of the objects, or some of their properties.',
  description:
    'Takes the first or last objects, and of each the properties that are named. With -ExpandProperty the values of one property themselves: texts one a line, objects as objects.',
  parameters: {
    Property: { type: 'list', position: 0, help: 'Properties to keep, in this order; names may hold * and ?.' },
    First: { type: 'int', help: 'Only so many from the beginning.' },
    Last: { type: 'int', help: 'Only so many from the end.' },
    Skip: { type: 'int', help: 'Leave so many out at the beginning.' },
    ExpandProperty: { type: 'string', help: 'The property whose values are wanted.' },
  },
  examples: [
    { code: 'Get-MigrationBatch | Select-Object -First 3', says: 'The first three.' },
    {
      code: 'Get-MigrationUser -Status Failed | Select-Object -ExpandProperty Identity',
      says: 'Only the addresses, one a line.',
    },
  ],
  async filter({ Property, First, Last, Skip, ExpandProperty }, objects, sink) {
    if (First !== undefined && Last !== undefined) throw usage('-First and -Last exclude each other.')
    for await (const object of part(objects, Skip ?? 0, First, Last)) {
      if (ExpandProperty !== undefined) await expand(propertyOf(object, ExpandProperty), sink)
      else await sink.object(Property ? selected(object, Property) : object)
    }
  },
})

async function* part(
  objects: AsyncIterable<PipeObject>,
  skip: number,
  first: number | undefined,
  last: number | undefined,
): AsyncGenerator<PipeObject, void, undefined> {
  if (first === 0 || last === 0) return
  const kept: PipeObject[] = []
  let at = 0
  for await (const object of objects) {
    if (at++ < skip) continue
    if (last !== undefined) {
      kept.push(object)
      if (kept.length > last) kept.shift()
      continue
    }
    yield object
    if (first !== undefined && at - skip >= first) return
  }
  yield* kept
}

function selected(object: PipeObject, names: readonly string[]): PipeObject {
  const type = typeOf(object)
  return {
    ...(type === null ? {} : { $type: `Selected.${type.replace(/^Selected\./, '')}` }),
    ...Object.fromEntries(selectNames(names, object).map((name) => [name, propertyOf(object, name) ?? null])),
  }
}

async function expand(value: unknown, sink: Sink): Promise<void> {
  if (value === undefined || value === null) return
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (typeof one === 'object' && one !== null) await sink.object(one as PipeObject)
    else await sink.text(`${safeText(String(one))}\n`)
  }
}
