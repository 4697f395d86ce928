import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { Fault } from '#base/fault.ts'
import { filter } from '../cmdlet/declare.ts'
import { type PipeObject, propertiesOf, propertyOf } from '../cmdlet/shape.ts'

export const exportCsv = filter({
  name: 'Export-Csv',
  synopsis: 'Writes objects into a CSV file.',
  description:
    'The properties of the first object are the columns. Texts that a spreadsheet would take for formulas get an apostrophe in front, for they come from mails and servers.',
  parameters: {
    Path: { type: 'path', mandatory: true, position: 0, help: 'The file to write; - is standard output.' },
    Delimiter: { type: 'string', default: ',', help: 'What stands between values.' },
    NoClobber: { type: 'switch', help: 'Do not overwrite a file that is there.' },
    NoTypeInformation: { type: 'switch', help: 'Accepted: there is never a line with the type.' },
    Encoding: { type: 'enum', values: ['UTF8'], default: 'UTF8', help: 'Always UTF-8.' },
  },
  examples: [
    {
      code: 'Get-MigrationUser -BatchId IMAPBatch1 | Select-Object Identity,Status,ErrorSummary | Export-Csv users.csv',
      says: 'A spreadsheet of the users.',
    },
  ],
  async filter({ Path, Delimiter = ',', NoClobber }, objects, sink) {
    const lines = csvLines(objects, Delimiter)
    if (Path === '-') {
      for await (const line of lines) await sink.text(line)
      return
    }
    const file = createWriteStream(Path, { flags: NoClobber ? 'wx' : 'w', mode: 0o600 })
    try {
      await once(file, 'open')
      for await (const line of lines) if (!file.write(line)) await once(file, 'drain')
      file.end()
      await finished(file)
    } catch (thrown) {
      if (thrown instanceof Fault) throw thrown
      throw new Fault({
        code: 'EXPORT_NOT_WRITTEN',
        scope: 'request',
        transient: false,
        message: `${Path} could not be written (${(thrown as Error).message})`,
        remedy: 'Check the path and the room there.',
        cause: thrown,
      })
    }
  },
})

async function* csvLines(objects: AsyncIterable<PipeObject>, delimiter: string): AsyncGenerator<string> {
  let columns: string[] | null = null
  for await (const object of objects) {
    if (!columns) {
      columns = propertiesOf(object)
      yield line(columns, delimiter)
    }
    yield line(
      columns.map((name) => cell(propertyOf(object, name))),
      delimiter,
    )
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

/** Line breaks within a value are kept, quoted. */
const line = (cells: readonly string[], delimiter: string): string =>
  `${cells
    .map((text) => (/["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text))
    .join(delimiter)}\r\n`
