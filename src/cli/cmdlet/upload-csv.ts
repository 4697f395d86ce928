/** A CSV file on its way to the server: streamed, never whole in memory; what is wrong with rows is a warning. */
import { createReadStream, statSync } from 'node:fs'
import { Fault } from '#base/fault.ts'
import { counted } from '#base/counted.ts'
import { LIMITS } from '#contract/limits.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { Call } from './declare.ts'

/** More are counted; the errors CSV of the batch has them all. */
const MOST_ROWS = 10

/** Answers the id by which a batch names the file. */
export async function uploadCsv(
  path: string,
  allowUnknownColumns: boolean | undefined,
  { client, warn }: Pick<Call, 'client' | 'warn'>,
): Promise<string> {
  const { csvFile, badRows, warnings } = await client.ask(ROUTES.uploadCsv, {
    query: {
      allowUnknownColumns: allowUnknownColumns === undefined ? undefined : allowUnknownColumns ? 'true' : 'false',
    },
    body: chunks(path),
  })
  for (const warning of warnings) warn(warning)
  for (const { rowNumber, column, message } of badRows.slice(0, MOST_ROWS))
    warn(`Row ${rowNumber}${column === null ? '' : `, ${column}`}: ${message}`)
  if (badRows.length > MOST_ROWS)
    warn(`${counted(badRows.length - MOST_ROWS, 'more row')} cannot be migrated as they are`)
  return csvFile
}

function chunks(path: string): AsyncIterable<Uint8Array> {
  let size: number
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw fileFault('CSV_UNREADABLE', `${path} is a folder`)
    ;({ size } = stat)
  } catch (thrown) {
    throw unreadable(path, thrown)
  }
  // Said here, before megabytes are sent that the server would break off.
  if (size > LIMITS.csvBytes)
    throw fileFault('CSV_TOO_LARGE', `${path} is larger than 10 MB`, 'Split it: waybill csv split.')
  // Read anew when it has to be sent again.
  return { [Symbol.asyncIterator]: () => read(path) }
}

async function* read(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array
  } catch (thrown) {
    throw unreadable(path, thrown)
  }
}

function unreadable(path: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const code = (thrown as NodeJS.ErrnoException).code ?? String(thrown)
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? fileFault('CSV_NOT_FOUND', `There is no file ${path}`, 'Check the path, which begins in the folder you are in.')
    : fileFault('CSV_UNREADABLE', `${path} cannot be read (${code})`, 'Check its permissions.')
}

const fileFault = (code: string, message: string, remedy?: string): Fault =>
  new Fault({ code, scope: 'request', transient: false, message, ...(remedy === undefined ? {} : { remedy }) })
