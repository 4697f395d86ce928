/** PowerShell's Format-List: `Name : value`, aligned, a blank line before, between and after. */
import { safeText } from '#base/safe-text.ts'
import { type Column, namedColumns } from './columns.ts'
import type { Sink } from './declare.ts'
import { display } from './display.ts'
import type { PipeObject } from './shape.ts'

export async function writeList(
  objects: AsyncIterable<PipeObject>,
  properties: readonly string[],
  sink: Pick<Sink, 'text'>,
): Promise<void> {
  let none = true
  for await (const object of objects) {
    none = false
    const block = listBlock(namedColumns(properties, object), object)
    if (block !== '') await sink.text(`\n${block}`)
  }
  if (!none) await sink.text('\n')
}

function listBlock(columns: readonly Column[], object: PipeObject): string {
  const width = Math.max(...columns.map(({ head }) => head.length))
  return columns
    .map(({ head, of }) => `${safeText(head).padEnd(width)} : ${display(of(object))}`.trimEnd() + '\n')
    .join('')
}
