/**
 * The target folder was recreated (UIDVALIDITY changed, or UIDNEXT fell): our keys are void. The whole folder is
 * matched again; with 99 % found the pass goes on and says so, else the user is held (transfer-engine.md §4).
 */
import { Fault } from '#base/fault.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { FolderStatus } from '../ports.ts'
import { findAnew } from './find-anew.ts'

const ENOUGH = 0.99

export async function rematchTarget(pass: Pass, work: FolderWork, status: FolderStatus): Promise<void> {
  const { ledger } = pass.ports
  const place = work.place
  const { ours, found } = await findAnew(pass, work)
  if (ours.length === 0) return
  if (found.size < ours.length * ENOUGH) {
    throw new Fault({
      code: 'TARGET_FOLDER_RECREATED',
      scope: 'mailbox',
      transient: false,
      message: `Folder ${place} of the target was emptied or recreated (UIDVALIDITY ${work.record.targetValidity} is now ${status.validity}): of ${ours.length} messages that we carried only ${found.size} are there.`,
      remedy:
        'Nothing was sent again, for someone may have deleted them on purpose. Restore the folder on the target, or migrate into a fresh mailbox.',
      facts: { folder: place, carried: ours.length, found: found.size },
    })
  }
  await ledger.update(
    work.record.id,
    ours.map(({ uid }) => ({ uid, key: found.get(uid) ?? null })),
  )
  pass.report.notes.push(
    `Folder ${place} of the target was recreated; ${found.size} of ${ours.length} messages were recognised there.`,
  )
}
