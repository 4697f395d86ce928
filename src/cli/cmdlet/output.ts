/** What a cmdlet writes: a view for people on a terminal, JSON Lines for the next cmdlet otherwise. */
import { once } from 'node:events'
import { safeJson } from '#base/safe-json.ts'
import { defaultColumns } from './columns.ts'
import type { Sink } from './declare.ts'
import { type PipeObject, propertiesOf } from './shape.ts'

/** Thrown to end what nobody reads any more (`| head`). */
export class ReaderGone extends Error {}

/** Waits while the reader is slow. */
export async function writeOut(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (stream.destroyed || stream.errored) throw new ReaderGone()
  if (stream.write(text)) return
  await Promise.race([once(stream, 'drain'), once(stream, 'close'), once(stream, 'error')]).catch(() => {})
}

export interface Output extends Sink {
  /** After the last object: what was kept back for a table is printed. */
  end(): Promise<void>
}

export function outputTo(stream: NodeJS.WriteStream): Output {
  const text = (chunk: string) => writeOut(stream, chunk)
  if (!stream.isTTY) {
    return { width: null, text, object: (object) => text(`${safeJson(object)}\n`), end: async () => {} }
  }
  const kept: PipeObject[] = []
  return {
    width: stream.columns > 0 ? stream.columns : 80,
    text,
    object: async (object) => void kept.push(object),
    async end() {
      if (kept.length > 0) await writeView(kept, { text, width: stream.columns > 0 ? stream.columns : 80 })
    },
  }
}

async function writeView(objects: readonly PipeObject[], sink: Pick<Sink, 'text' | 'width'>): Promise<void> {
  async function* each() {
    yield* objects
  }
  const first = objects[0]!
  if (propertiesOf(first).length > 0 && defaultColumns(first)) {
    const { writeTable } = await import('./format-table.ts')
    await writeTable(each(), { properties: undefined }, sink)
  } else {
    const { writeList } = await import('./format-list.ts')
    await writeList(each(), ['*'], sink)
  }
}
