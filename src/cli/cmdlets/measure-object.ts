import { filter } from '../cmdlet/declare.ts'
import { propertyOf } from '../cmdlet/shape.ts'

export const measureObject = filter({
  name: 'Measure-Object',
  synopsis: 'Counts objects, and sums up a property.',
  description: 'Counts the objects of the pipe; of a property with numbers also sum, average, least and most.',
  parameters: {
    Property: { type: 'string', position: 0, help: 'A property with numbers.' },
    Sum: { type: 'switch', help: 'Add them up.' },
    Average: { type: 'switch', help: 'Their average.' },
    Minimum: { type: 'switch', help: 'The least.' },
    Maximum: { type: 'switch', help: 'The most.' },
  },
  examples: [
    { code: 'Get-MigrationUser -Status Failed | Measure-Object', says: 'How many there are.' },
    { code: 'Get-MigrationUser | Measure-Object SyncedItemCount -Sum', says: 'How much was synced in all.' },
  ],
  async filter({ Property, Sum, Average, Minimum, Maximum }, objects, sink) {
    let count = 0
    let sum = 0
    let least = Infinity
    let most = -Infinity
    for await (const object of objects) {
      const value = Property === undefined ? 0 : propertyOf(object, Property)
      if (typeof value !== 'number') continue
      count++
      sum += value
      least = Math.min(least, value)
      most = Math.max(most, value)
    }
    const some = Property !== undefined && count > 0
    await sink.object({
      $type: 'Measure',
      Count: count,
      Average: some && Average ? sum / count : null,
      Sum: some && Sum ? sum : null,
      Maximum: some && Maximum ? most : null,
      Minimum: some && Minimum ? least : null,
      Property: Property ?? null,
    })
  },
})
