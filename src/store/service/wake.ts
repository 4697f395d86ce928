/** The one channel on which processes tell each other that there is something to do; who misses it polls. */
import type { Pool, PoolClient } from 'pg'

export const WAKE_CHANNEL = 'waybill_wake'

/** `work`: slots may be given. `jobs`: there are passes to run. `stop`: passes are to end. `events`: the log has grown. `reports`: there is something to send. */
export type Wake = 'work' | 'jobs' | 'stop' | 'events' | 'reports'

/** Heard when the transaction commits. */
export async function wake(client: Pool | PoolClient, what: Wake): Promise<void> {
  await client.query('SELECT pg_notify($1, $2)', [WAKE_CHANNEL, what])
}
