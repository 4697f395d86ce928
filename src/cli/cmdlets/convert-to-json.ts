import { safeJson } from '#base/safe-json.ts'
import { filter } from '../cmdlet/declare.ts'
import type { PipeObject } from '../cmdlet/shape.ts'

export const convertToJson = filter({
  name: 'ConvertTo-Json',
  synopsis: 'Writes objects as one JSON document.',
  description:
    'One object becomes an object, several an array. Between cmdlets it is not needed: those speak JSON Lines.',
  parameters: {
    Compress: { type: 'switch', help: 'All on one line.' },
    AsArray: { type: 'switch', help: 'An array also when there is one object.' },
    Depth: { type: 'int', help: 'Accepted: objects are always written to their full depth.' },
  },
  examples: [{ code: 'Get-MigrationBatch IMAPBatch1 | ConvertTo-Json', says: 'One batch as JSON.' }],
  async filter({ Compress, AsArray }, objects, sink) {
    const all: PipeObject[] = []
    for await (const { $type: _, ...object } of objects) all.push(object)
    if (all.length === 0 && !AsArray) return
    await sink.text(`${safeJson(all.length === 1 && !AsArray ? all[0] : all, Compress ? 0 : 2)}\n`)
  },
})
