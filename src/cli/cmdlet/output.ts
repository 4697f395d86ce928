/** What a cmdlet writes: a view for people on a terminal, JSON Lines for the next cmdlet otherwise. */
import { safeJson } from '#base/safe-json.ts'
import { defaultColumns } from './columns.ts'
import type { Sink } from './declare.ts'
import { type PipeObject, propertiesOf } from './shape.ts'

/** Thrown to end what nobody reads any more (`| head`). */
export class ReaderGone extends Error {}

const GONE = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'])

/** Waits until it is written: a slow reader slows us, and one that left is noticed at once. */
export function writeOut(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Standard output forgets that it failed; only this callback tells.
    stream.write(text, (error?: NodeJS.ErrnoException | null) => {
      if (!error) resolve()
      else reject(GONE.has(error.code ?? '') ? new ReaderGone() : error)
    })
  })
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
