/**
 * Forgets what is old: events, passes and reports that were told are kept for 90 days, the last pass of a user for as
 * long as the user, the audit log for as long as AdminAuditLogAgeLimit says, answers for an Idempotency-Key for a day,
 * what was carried and when for as long as its batch or the archive of it.
 */
import { KEPT_HOURS } from '#store/service/idempotency-keys.ts'
import { freshConfig } from '#store/service/settings.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { forgetThroughput, mergeThroughput } from '#store/service/throughput.ts'

const KEPT_DAYS = 90
/** So many rows at once: a table that nobody pruned for long must not be locked for long. */
const AT_ONCE = 20_000

const DAY_SECONDS = 86_400

export async function prune(store: ServiceStore): Promise<void> {
  await untilFew(
    store,
    `DELETE FROM event WHERE id IN (
    SELECT id FROM event WHERE at < now() - $1 * interval '1 day' ORDER BY id LIMIT ${AT_ONCE})`,
  )
  await untilFew(
    store,
    `DELETE FROM migration_pass WHERE id IN (
    SELECT p.id FROM migration_pass p WHERE p.ended_at < now() - $1 * interval '1 day'
      AND EXISTS (SELECT 1 FROM migration_pass later WHERE later.user_id = p.user_id AND later.started_at > p.started_at)
    LIMIT ${AT_ONCE})`,
  )
  await untilFew(
    store,
    `DELETE FROM notification WHERE id IN (
    SELECT n.id FROM notification n WHERE n.created_at < now() - $1 * interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM notification_delivery d WHERE d.notification_id = n.id AND d.state = 'Waiting')
    LIMIT ${AT_ONCE})`,
  )
  await untilFew(
    store,
    `DELETE FROM admin_audit WHERE n IN (
    SELECT n FROM admin_audit WHERE at < now() - $1 * interval '1 day' ORDER BY at, n LIMIT ${AT_ONCE})`,
    (await freshConfig(store)).adminAuditLogAgeLimitSeconds / DAY_SECONDS,
  )
  await untilFew(
    store,
    `DELETE FROM idempotency_key WHERE key IN (
    SELECT key FROM idempotency_key WHERE created_at < now() - $1 * interval '1 day' LIMIT ${AT_ONCE})`,
    KEPT_HOURS / 24,
  )
  await mergeThroughput(store)
  await forgetThroughput(store)
}

async function untilFew(store: ServiceStore, statement: string, days = KEPT_DAYS): Promise<void> {
  for (;;) {
    const { rowCount } = await store.pool.query(statement, [days])
    if ((rowCount ?? 0) < AT_ONCE) return
  }
}
