import { createWriteStream } from 'node:fs'
import { finished, pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { Fault } from '#base/fault.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { REPORT_OBJECTS } from '../cmdlet/identities.ts'
import { writeOut } from '../cmdlet/output.ts'

export const exportMigrationReport = cmdlet({
  name: 'Export-MigrationReport',
  synopsis: 'Writes a report as CSV.',
  description: 'Writes a report, or a part of its rows, into a file or to standard output.',
  parameters: {
    Identity: {
      type: 'string',
      mandatory: true,
      position: 0,
      fromPipeline: REPORT_OBJECTS,
      completes: 'reports',
      help: 'Identity of the report, as Get-MigrationReport shows it.',
    },
    CsvStream: {
      type: 'path',
      sets: ['Stream'],
      default: 'standard output',
      help: 'Path of the file to write; - is standard output.',
    },
    RowCount: { type: 'int', mandatory: true, sets: ['Paged'], help: 'How many rows.' },
    StartingRowIndex: { type: 'int', mandatory: true, sets: ['Paged'], help: 'The first of them, counted from 0.' },
  },
  examples: [
    {
      code: 'Get-MigrationReport -BatchId IMAPBatch1 | Where-Object ReportType -eq BatchFailure | Export-MigrationReport -CsvStream errors.csv',
      says: 'Writes the rows that failed into a file, to be corrected and submitted again.',
    },
    {
      code: 'Export-MigrationReport c5908f6b-c261-4ed7-9b17-c75932d99fad-users -RowCount 100 -StartingRowIndex 0',
      says: 'Shows the first rows of a report.',
    },
  ],
  async run({ Identity, CsvStream, RowCount, StartingRowIndex }, { client }) {
    const csv = await client.ask(ROUTES.exportReport, {
      params: { identity: Identity },
      query: { rowCount: RowCount, startingRowIndex: StartingRowIndex },
    })
    if (CsvStream === undefined || CsvStream === '-') {
      for await (const chunk of csv) await writeOut(process.stdout, chunk)
      return
    }
    const file = createWriteStream(CsvStream, { mode: 0o600 })
    try {
      await pipeline(Readable.from(csv), file)
      await finished(file)
    } catch (thrown) {
      throw new Fault({
        code: 'EXPORT_NOT_WRITTEN',
        scope: 'request',
        transient: false,
        message: `${CsvStream} could not be written (${(thrown as Error).message})`,
        remedy: 'Check the path and the room there, and remove what was written of it.',
        cause: thrown,
      })
    }
  },
})
