import { filter } from '../cmdlet/declare.ts'
import { writeList } from '../cmdlet/format-list.ts'

export const formatList = filter({
  name: 'Format-List',
  synopsis: 'Shows objects as lists, one property a line.',
  description: 'Shows all properties, or those that are named; names may hold * and ?.',
  parameters: {
    Property: { type: 'list', position: 0, default: '*', help: 'Properties to show, in this order.' },
  },
  examples: [
    {
      code: 'Get-MigrationEndpoint IMAPEndpoint | Format-List EndpointType,RemoteServer,Port,Security,Max*',
      says: 'Shows some properties.',
    },
  ],
  filter: ({ Property }, objects, sink) => writeList(objects, Property ?? ['*'], sink),
})
