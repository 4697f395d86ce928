/** Whether the service can serve: the database answers, and its schema is the one that this code knows. */
import type { Unready } from '#api/health.ts'
import type { Store } from '#store/open.ts'
import { isSchemaCurrent } from '#store/schema.ts'

/** Probes give up after a few seconds; the pool would wait for ten. */
const PATIENCE_MS = 2_000

export const readiness =
  (store: Pick<Store, 'pool'>, stopping: AbortSignal) => async (): Promise<readonly Unready[]> => {
    if (stopping.aborted) return ['closing']
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<readonly Unready[]>((resolve) => {
      timer = setTimeout(() => resolve(['database']), PATIENCE_MS)
    })
    try {
      return await Promise.race([look(store), late])
    } finally {
      clearTimeout(timer)
    }
  }

async function look({ pool }: Pick<Store, 'pool'>): Promise<readonly Unready[]> {
  try {
    return (await isSchemaCurrent(pool)) ? [] : ['schema']
  } catch {
    return ['database']
  }
}
