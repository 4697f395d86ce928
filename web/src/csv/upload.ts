/** A CSV file on its way to the service, with how far it is: fetch does not tell, XMLHttpRequest does. */
import type { CsvFile } from '#contract/batch.ts'
import { notReached, refusalOf, urlOf } from '../api.ts'

interface UploadOptions {
  readonly allowUnknownColumns: boolean
  readonly signal: AbortSignal
  /** Bytes that have left. */
  onProgress(sent: number): void
}

/** @throws Refusal; what `signal` was aborted with */
export function uploadCsv(file: Blob, { allowUnknownColumns, signal, onProgress }: UploadOptions): Promise<CsvFile> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    const abort = () => {
      request.abort()
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, { once: true })
    request.open('POST', `${urlOf('uploadCsv')}?allowUnknownColumns=${allowUnknownColumns}`)
    request.setRequestHeader('content-type', 'text/csv')
    request.setRequestHeader('idempotency-key', crypto.randomUUID())
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort))
    request.addEventListener('error', () => reject(notReached()))
    request.addEventListener('load', () => {
      const { status, statusText, responseText } = request
      if (status === 201) resolve(JSON.parse(responseText) as CsvFile)
      else reject(refusalOf(status, statusText, responseText))
    })
    request.send(file)
  })
}
