import { filter } from '../cmdlet/declare.ts'
import { writeTable } from '../cmdlet/format-table.ts'

export const formatTable = filter({
  name: 'Format-Table',
  synopsis: 'Shows objects as a table.',
  description:
    'Shows the properties that matter most of each kind of object, or those that are named; names may hold * and ?.',
  parameters: {
    Property: { type: 'list', position: 0, help: 'Properties to show, in this order.' },
    AutoSize: { type: 'switch', help: 'Accepted: columns are always as wide as what is in them.' },
    Wrap: { type: 'switch', help: 'Do not cut columns to the width of the terminal.' },
    HideTableHeaders: { type: 'switch', help: 'Leave the heads out.' },
  },
  examples: [
    { code: 'Get-MigrationUser -BatchId IMAPBatch1 | Format-Table Identity,Status,SyncedItemCount', says: 'A table.' },
  ],
  filter: ({ Property, Wrap, HideTableHeaders }, objects, sink) =>
    writeTable(
      objects,
      { properties: Property, hideHeaders: HideTableHeaders ?? false },
      Wrap ? { text: sink.text, width: null } : sink,
    ),
})
