import { compareValues } from '../cmdlet/compare.ts'
import { filter } from '../cmdlet/declare.ts'
import { propertyOf } from '../cmdlet/shape.ts'

export const sortObject = filter({
  name: 'Sort-Object',
  synopsis: 'Puts objects in order.',
  description:
    'Sorts by one property, then the next: numbers as numbers, dates as dates, texts without regard to case.',
  parameters: {
    Property: { type: 'list', mandatory: true, position: 0, help: 'Properties to sort by.' },
    Descending: { type: 'switch', help: 'The greatest first.' },
  },
  examples: [
    {
      code: 'Get-MigrationUser | Sort-Object SkippedItemCount -Descending | Select-Object -First 10',
      says: 'The worst ten.',
    },
  ],
  async filter({ Property, Descending }, objects, sink) {
    const all = await Array.fromAsync(objects)
    const turn = Descending ? -1 : 1
    all.sort((a, b) => {
      for (const name of Property) {
        const order = compareValues(propertyOf(a, name), propertyOf(b, name))
        if (order !== 0) return turn * order
      }
      return 0
    })
    for (const object of all) await sink.object(object)
  },
})
