/** Reads landed groups page by page: never all rows at once, never a connection held between two pages. */
import type { LedgerGroup, Runs } from '#engine/ports.ts'
import { type GroupRow, unpackGroup, wordIdsIn } from './pack-group.ts'
import { unpackRuns } from './pack.ts'
import type { Int8, LedgerStore } from './types.ts'
import type { WordSets } from './word-sets.ts'

/** Groups a page: about 150 kB. */
const PAGE = 16
/** Spans a page: 24 bytes each. */
const SPAN_PAGE = 2000

export const GROUP_COLUMNS = `id, seq, folder_ref, n, uids, keys, sizes, dates, flags, keywords, lost, origins,
  digests, digest_tails`

export interface Reading {
  readonly store: LedgerStore
  readonly words: WordSets
}

export interface SealGroup extends LedgerGroup {
  /** Rises with every commit of the mailbox. */
  readonly seq: number
}

/** Groups of a folder that hold any of `uids` (null: all), ascending by their lowest UID. */
export async function* readGroups(
  reading: Reading,
  folderRef: number,
  folder: string,
  uids: Runs | null,
): AsyncGenerator<LedgerGroup> {
  if (uids === null) {
    yield* readAll(reading, folderRef, folder, null)
    return
  }
  for await (const lowest of spansWith(reading, folderRef, uids)) {
    for (let at = 0; at < lowest.length; at += PAGE) {
      const rows = await page(reading, `folder_ref = $1 AND min_uid = ANY($2::bigint[])`, [
        folderRef,
        lowest.slice(at, at + PAGE),
      ])
      const wanted = rows.filter((row) => overlaps(unpackRuns(row.uids), uids))
      yield* await unpack(reading, wanted, folder)
    }
  }
}

/** All groups of a folder; with `upToSeq` only those whose digests are whole, committed up to there. */
export async function* readAll(
  reading: Reading,
  folderRef: number,
  folder: string,
  upToSeq: number | null,
): AsyncGenerator<SealGroup> {
  const unsealed = upToSeq === null ? '' : 'AND digest_tails IS NOT NULL AND seq <= $3'
  for (let after = 0; ;) {
    const values = upToSeq === null ? [folderRef, after] : [folderRef, after, upToSeq]
    const rows = await page(reading, `folder_ref = $1 AND min_uid > $2 ${unsealed}`, values)
    const groups = await unpack(reading, rows, folder)
    yield* groups
    if (rows.length < PAGE) return
    after = groups.at(-1)!.messages[0]!.uid
  }
}

async function page({ store }: Reading, where: string, values: readonly unknown[]): Promise<GroupRow[]> {
  const text = `SELECT ${GROUP_COLUMNS} FROM message_group WHERE ${where} ORDER BY min_uid LIMIT ${PAGE}`
  return (await store.retrying(() => store.pool.query<GroupRow>(text, [...values]))).rows
}

async function unpack({ words }: Reading, rows: readonly GroupRow[], folder: string): Promise<SealGroup[]> {
  const known = await words.load(rows.flatMap(wordIdsIn))
  return rows.map((row) => ({ ...unpackGroup(row, folder, known), seq: Number(row.seq) }))
}

/** Lowest UIDs of groups whose span touches `uids`. Groups interleave, so every span of the range is looked at. */
async function* spansWith({ store }: Reading, folderRef: number, uids: Runs): AsyncGenerator<number[]> {
  const [first, last] = [uids[0]?.[0], uids.at(-1)?.[1]]
  if (first === undefined) return
  for (let after = 0; ;) {
    const { rows } = await store.retrying(() =>
      store.pool.query<{ min_uid: Int8; max_uid: Int8 }>(
        `SELECT min_uid, max_uid FROM message_group
         WHERE folder_ref = $1 AND min_uid > $2 AND min_uid <= $3 AND max_uid >= $4
         ORDER BY min_uid LIMIT ${SPAN_PAGE}`,
        [folderRef, after, last, first],
      ),
    )
    yield rows
      .map((row) => [Number(row.min_uid), Number(row.max_uid)] as const)
      .filter((span) => overlaps([span], uids))
      .map(([min]) => min)
    if (rows.length < SPAN_PAGE) return
    after = Number(rows.at(-1)!.min_uid)
  }
}

/** By binary search in `uids` for each run: the first of them that ends at or after its start. */
function overlaps(runs: Runs, uids: Runs): boolean {
  return runs.some(([first, last]) => {
    let low = 0
    let high = uids.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (uids[middle]![1] < first) low = middle + 1
      else high = middle
    }
    return low < uids.length && uids[low]![0] <= last
  })
}

/** The runs of every group of a folder, to know what landed without reading what landed. */
export async function* readRuns({ store }: Reading, folderRef: number): AsyncGenerator<Runs> {
  for (let after = 0; ;) {
    const { rows } = await store.retrying(() =>
      store.pool.query<{ min_uid: Int8; uids: Buffer }>(
        `SELECT min_uid, uids FROM message_group WHERE folder_ref = $1 AND min_uid > $2
         ORDER BY min_uid LIMIT ${SPAN_PAGE}`,
        [folderRef, after],
      ),
    )
    for (const row of rows) yield unpackRuns(row.uids)
    if (rows.length < SPAN_PAGE) return
    after = Number(rows.at(-1)!.min_uid)
  }
}
