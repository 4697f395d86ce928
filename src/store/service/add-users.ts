/** Rows of a CSV file become users of a batch, tens of thousands in one statement each. */
import type { Pool, PoolClient } from 'pg'

export interface NewUser {
  readonly id: string
  readonly rowNumber: number
  readonly address: string
  readonly userName: string
  readonly userRoot: string | null
  readonly password: Buffer | null
  readonly databaseId: string
  readonly targetUserName: string | null
  readonly targetPassword: Buffer | null
  readonly cells: readonly string[]
  readonly sourceKey: Buffer
  readonly targetKey: Buffer
  readonly status: 'Validating' | 'Queued' | 'Failed'
  /** Why it cannot run: it is stored, failed, so that it is seen, counted and can be corrected. */
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string | null } | null
}

/** Why a row did not become the user that runs: whose mailbox it would share. */
export interface Rival {
  readonly id: string
  readonly what: 'address' | 'source' | 'target'
  readonly batch: string
  readonly address: string
}

const CHUNK = 5_000

const INSERT = `
  INSERT INTO migration_user (id, batch_id, row_number, address, address_key, user_name, user_root, password,
    database_id, target_user_name, target_password, cells, holds, source_key, target_key, status, error_code,
    error_message, error_remedy, stage)
  SELECT (r->>'id')::uuid, $1, (r->>'row')::int, r->>'address', r->>'key', r->>'user', r->>'root',
    decode(r->>'password', 'base64'), (r->>'database')::uuid, r->>'targetUser', decode(r->>'targetPassword', 'base64'),
    ARRAY(SELECT jsonb_array_elements_text(r->'cells')), $3, decode(r->>'source', 'base64'),
    decode(r->>'target', 'base64'), r->>'status', r->>'code', r->>'message', r->>'remedy',
    CASE WHEN r->>'status' = 'Queued' THEN 'Injection' ELSE 'Validation' END
  FROM jsonb_array_elements($2::jsonb) AS r
  ON CONFLICT DO NOTHING RETURNING id`

const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null
/** U+0000 can stand in no text of PostgreSQL. */
const text = (words: string | null) => words?.replaceAll('\0', '\uFFFD') ?? null

const asJson = (user: NewUser) => ({
  id: user.id,
  row: user.rowNumber,
  address: text(user.address),
  key: text(user.address.toLowerCase()),
  user: text(user.userName),
  root: text(user.userRoot),
  password: base64(user.password),
  database: user.databaseId,
  targetUser: text(user.targetUserName),
  targetPassword: base64(user.targetPassword),
  cells: user.cells.map((cell) => text(cell)),
  source: base64(user.sourceKey),
  target: base64(user.targetKey),
  status: user.status,
  code: user.error?.code ?? null,
  message: text(user.error?.message ?? null),
  remedy: text(user.error?.remedy ?? null),
})

/**
 * Inserts users; answers those that were not. With `holds` they are to run, and one whose address, source or target
 * mailbox another user has is left out; without, they only stand there, and the batch's addresses alone count. One
 * statement for thousands: a row each would take minutes.
 */
async function insert(
  client: PoolClient,
  batchId: string,
  users: readonly NewUser[],
  holds: boolean,
): Promise<NewUser[]> {
  const left: NewUser[] = []
  for (let at = 0; at < users.length; at += CHUNK) {
    const chunk = users.slice(at, at + CHUNK)
    const { rows } = await client.query<{ id: string }>(INSERT, [batchId, JSON.stringify(chunk.map(asJson)), holds])
    const inserted = new Set(rows.map(({ id }) => id))
    left.push(...chunk.filter(({ id }) => !inserted.has(id)))
  }
  return left
}

/** Which user stands in the way of each of these; a user that none stands in the way of is absent. */
export async function rivalsOf(client: Pool | PoolClient, users: readonly NewUser[]): Promise<Map<string, Rival>> {
  const { rows } = await client.query<Rival>(
    `SELECT DISTINCT ON (w.id) w.id, b.name AS batch, u.address,
       CASE WHEN u.address_key = w.address THEN 'address' WHEN u.source_key = w.source THEN 'source' ELSE 'target' END AS what
     FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[]) AS w(id, address, source, target)
       JOIN migration_user u ON u.holds AND (u.address_key = w.address OR u.source_key = w.source OR u.target_key = w.target)
       JOIN migration_batch b ON b.id = u.batch_id
     ORDER BY w.id, u.address_key = w.address DESC`,
    [
      users.map(({ id }) => id),
      users.map(({ address }) => text(address.toLowerCase())),
      users.map(({ sourceKey }) => sourceKey),
      users.map(({ targetKey }) => targetKey),
    ],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Puts users into a batch: `ready` ones run as far as nobody has their mailbox; `aside` says how one stands there that
 * may not. Failed ones stand there, too. An address that the batch has already gets its row number behind it. Answers
 * those that stand aside.
 */
export async function addUsers(
  client: PoolClient,
  batchId: string,
  { ready, failed }: { readonly ready: readonly NewUser[]; readonly failed: readonly NewUser[] },
  aside: (user: NewUser, rival: Rival | undefined) => NewUser,
): Promise<NewUser[]> {
  const left = await insert(client, batchId, ready, true)
  const rivals = left.length > 0 ? await rivalsOf(client, left) : new Map<string, Rival>()
  const standing = left.map((user) => aside(user, rivals.get(user.id)))
  const twice = await insert(client, batchId, [...standing, ...failed], false)
  const renamed = twice.map((user) => ({ ...user, address: `${user.address} (row ${user.rowNumber})` }))
  await insert(client, batchId, renamed, false)
  return standing
}
