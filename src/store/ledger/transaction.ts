/** One transaction on one connection of the pool. Callers repeat it as a whole when the connection was lost. */
import type { Pool, PoolClient } from 'pg'

export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = false
  // A connection that dies between two statements tells it here; unheard, it would end the process.
  const onError = () => (broken = true)
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (thrown) {
    await client.query('ROLLBACK').catch(() => (broken = true))
    throw thrown
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}
