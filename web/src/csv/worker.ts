/** Looks at CSV files beside the page, which goes on answering meanwhile. */
import { lookAtFiles } from '#csv/look.ts'

export type Task =
  | {
      readonly do: 'look'
      readonly given: Blob | readonly (readonly string[])[]
      readonly allowUnknownColumns: boolean
    }
  | { readonly do: 'cut'; readonly batches: number }

const files = lookAtFiles()

addEventListener('message', (event: MessageEvent<Task>) => {
  void answer(event.data)
})

async function answer(task: Task): Promise<void> {
  try {
    postMessage({ done: await carriedOut(task) })
  } catch (thrown) {
    postMessage({ failed: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}

async function carriedOut(task: Task) {
  if (task.do === 'cut') return files.cut(task.batches)
  const { given, allowUnknownColumns } = task
  // Fails where the file was changed on the disk since it was chosen.
  return files.look(given instanceof Blob ? new Uint8Array(await given.arrayBuffer()) : given, allowUnknownColumns)
}
