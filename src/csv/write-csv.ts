import { stringify } from 'csv-stringify/sync'

/** Records as RFC 4180 text, CRLF, every value as it is: read again it gives the same cells. */
export function writeCsv(records: readonly (readonly string[])[]): string {
  // A record of one empty value would be a blank line; csv-stringify also leaves a lone CR unquoted unless told.
  return stringify(
    records.map((cells) => [...cells]),
    { record_delimiter: '\r\n', quote_record_delimiter: true },
  )
}
