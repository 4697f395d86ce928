/** Where a user stands when nothing of it runs any more, as SQL over `migration_user`. */

const STOOD_ASIDE = `NOT holds AND error_code IN ('USER_ALREADY_BEING_MIGRATED', 'USER_DUPLICATE_IN_OTHER_BATCH')`

/** Of one that was being stopped: a user that was stopped for somebody else has its mailbox has failed, and says why. */
export const STOPPED_STATUS = `CASE WHEN ${STOOD_ASIDE} THEN 'Failed'
  WHEN initial_synced_at IS NULL THEN 'Stopped' ELSE 'IncrementalStopped' END`

/** Of one whose pass came to nothing: as if it had not begun. */
export const WAITING_STATUS = `CASE WHEN initial_synced_at IS NULL THEN 'Queued' ELSE 'Synced' END`

/**
 * Before when a first pass may not begin: the user's own time wins over its batch's. It is written into next_at, for
 * looking it up for every user that waits, every second, would read whole batches. Of `migration_user u`.
 */
export const START_AFTER = `CASE WHEN u.initial_synced_at IS NULL
  THEN coalesce(u.start_after, (SELECT b.start_after FROM migration_batch b WHERE b.id = u.batch_id)) END`
