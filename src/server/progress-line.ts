/** One line on a terminal that is written over; elsewhere nothing. */
import { counted } from '#base/counted.ts'
import { bytes } from '#cli/quantities.ts'

export interface ProgressLine extends Disposable {
  show(what: string, rows: number | null, size: number): void
}

const EVERY_MS = 100

export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  let at = 0
  return {
    show(what, rows, size) {
      if (!stream.isTTY || performance.now() - at < EVERY_MS) return
      at = performance.now()
      const told = rows === null ? bytes(size) : `${counted(rows, 'row')}, ${bytes(size)}`
      stream.write(`\r\u001b[K  ${what}: ${told}`)
    },
    [Symbol.dispose]() {
      if (at > 0) stream.write('\r\u001b[K')
    },
  }
}
