/** What the service would refuse of the files that lie there, beyond what the file itself tells: asked before it is created. */
import { queryOptions } from '@tanstack/react-query'
import type { CsvFileCheck } from '#contract/batch.ts'
import { ask } from '../../api.ts'
import { type Draft, isEnded } from './draft.ts'

/** A check reads a whole file: going back and forth between two steps asks for none. */
const FRESH_MS = 10_000

export type Checkable = Pick<Draft, 'uploaded' | 'endpoint' | 'database'>

export function serviceCheck({ uploaded, endpoint, database }: Checkable) {
  const files = (uploaded?.parts ?? []).filter(({ created }) => created === null).map(({ csvFile }) => csvFile)
  return queryOptions({
    queryKey: ['csv-check', endpoint, database, ...files],
    enabled: endpoint !== '' && files.length > 0 && (uploaded === null || !isEnded(uploaded)),
    staleTime: FRESH_MS,
    retry: false,
    // One after the other: each may be of fifty thousand rows.
    async queryFn({ signal }): Promise<CsvFileCheck> {
      let users = 0
      let refusedCount = 0
      const refused: CsvFileCheck['refused'] = []
      for (const csvFile of files) {
        const answer = await ask('checkCsvFile', {
          params: { csvFile },
          query: {
            sourceEndpoint: endpoint,
            ...(database !== '' && { targetDatabase: database }),
            allowUnknownColumns: uploaded?.allowUnknownColumns === true ? 'true' : 'false',
          },
          signal,
        })
        users += answer.users
        refusedCount += answer.refusedCount
        refused.push(...answer.refused)
      }
      return { users, refusedCount, refused }
    },
  })
}

/** Without the rows that the person knows of already. */
export function moreRefused({ refused, refusedCount }: CsvFileCheck, known: readonly number[]) {
  const seen = new Set(known)
  const rows = refused.filter(({ rowNumber }) => !seen.has(rowNumber))
  return {
    rows,
    count: refused.length === refusedCount ? rows.length : Math.max(rows.length, refusedCount - seen.size),
  }
}
