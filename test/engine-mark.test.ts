/** The last guard before a folder counts as done: whatever went wrong on the way, no message is passed over. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runsOf } from '#base/uid-set.ts'
import { FolderWork } from '#engine/pass/folder-work.ts'
import { finishFolder } from '#engine/pass/finish-folder.ts'
import type { Pass } from '#engine/pass/pass.ts'
import type { Lane } from '#engine/pipeline/lane.ts'
import type { FolderRecord, Skipped, SourceFolder, TargetFolder } from '#engine/ports.ts'

const path = ['INBOX']
const record: FolderRecord = {
  id: 'f',
  sourcePath: path,
  targetPath: path,
  sourceValidity: 1,
  targetValidity: 1,
  targetUidNext: 1,
  mark: null,
  again: [],
  rewriting: 'unknown',
  adopted: 'now',
  sourceMessages: null,
}
const source: SourceFolder = { path, raw: 'INBOX', role: 'inbox', selectable: true, subscribed: true, status: null }
const target: TargetFolder = { ...source }
const skip = (uid: number): Skipped => ({
  folder: 'f',
  uid,
  kind: 'large',
  bytes: 1,
  dateS: 0,
  subject: '',
  reason: '',
  again: true,
})

/** A folder of ten planned messages about to be finished. */
function world(landed: number[], skipped: number[], vanished: number[]) {
  const saved: FolderRecord[] = []
  const ledger = {
    landedUids: () => Promise.resolve(runsOf(landed)),
    async *skipped() {
      for (const uid of skipped) yield await Promise.resolve(skip(uid))
    },
    saveFolders: (records: readonly FolderRecord[]) => Promise.resolve(void saved.push(...records)),
  }
  const work = new FolderWork(source, target, record, [], 'first-time')
  work.planned = runsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  work.seen = { uidNext: 11, messages: 10, modseq: null }
  work.vanished.push(...vanished)
  const pass = { ports: { ledger }, stopping: false } as unknown as Pass
  return { saved, finish: () => finishFolder(pass, work, {} as Lane) }
}

test('a folder is marked as done when every message has landed, is listed as left out, or has gone', async () => {
  const { saved, finish } = world([1, 2, 3, 4, 5, 6, 7], [8, 9], [10])
  assert.equal(await finish(), true)
  assert.deepEqual(saved[0]?.mark, { uidNext: 11, messages: 10, modseq: null })
  assert.deepEqual(saved[0]?.again, [[8, 9]])
})

test('a message that nothing explains keeps the folder from being marked, and is named', async () => {
  const { saved, finish } = world([1, 2, 3, 4, 6, 7], [8], [10])
  await assert.rejects(finish, { code: 'FOLDER_NOT_DONE', message: /2 messages .*\(UIDs 5,9\)/ })
  assert.deepEqual(saved, [])
})
