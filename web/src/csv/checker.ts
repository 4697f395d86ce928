/** The checker of CSV files in a worker of its own; one task after the other. */
import type { Cut, Look } from '#csv/look.ts'
import { NotLoaded } from '../later.tsx'
import type { Task } from './worker.ts'

export class CsvChecker {
  #worker: Worker | null = null
  #last: Promise<unknown> = Promise.resolve()

  look(given: Blob | readonly (readonly string[])[], allowUnknownColumns: boolean): Promise<Look> {
    return this.#ask<Look>({ do: 'look', given, allowUnknownColumns })
  }

  /** The rows that were looked at last, as files of several batches. */
  cut(batches: number): Promise<Cut> {
    return this.#ask<Cut>({ do: 'cut', batches })
  }

  /** What it remembers, passwords among it, goes. */
  close(): void {
    this.#worker?.terminate()
    this.#worker = null
  }

  #ask<Answer>(task: Task): Promise<Answer> {
    const asked = this.#last.then(() => this.#send<Answer>(task))
    this.#last = asked.catch(() => undefined)
    return asked
  }

  #send<Answer>(task: Task): Promise<Answer> {
    const worker = (this.#worker ??= new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))
    return new Promise((resolve, reject) => {
      worker.addEventListener(
        'message',
        ({ data }: MessageEvent<{ done: Answer } | { failed: string }>) =>
          'done' in data ? resolve(data.done) : reject(new Error(data.failed)),
        { once: true },
      )
      worker.addEventListener(
        'error',
        ({ message }) => {
          // Dead, and the next task gets another one. Of a script that did not arrive browsers say nothing.
          this.close()
          reject(message ? new Error(message) : new NotLoaded('worker'))
        },
        { once: true },
      )
      worker.postMessage(task, [])
    })
  }
}
