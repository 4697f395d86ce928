/** Administrators as they are stored. */
import type { Selectable } from 'kysely'
import { nameTaken, notFound, stateForbids, valueTaken } from '#base/request-faults.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { AdministratorTable } from '../tables.ts'
import { isGuid, nameKey } from './named.ts'
import type { ServiceClient, ServiceStore } from './service-store.ts'

export type AdministratorRow = Selectable<AdministratorTable>
type Provenance = 'source' | 'oidc_issuer'
export type NewAdministratorRow = Omit<
  AdministratorRow,
  'name_key' | 'created_at' | 'modified_at' | 'last_sign_in_at' | Provenance
> &
  Partial<Pick<AdministratorRow, Provenance>>
export type AdministratorChanges = Partial<
  Pick<
    AdministratorRow,
    | 'display_name'
    | 'mail_address'
    | 'language'
    | 'roles'
    | 'enabled'
    | 'password_hash'
    | 'password_ends_at'
    | 'must_change_password'
    | 'oidc_subject'
    | 'oidc_issuer'
  >
>

const KIND = 'administrator'

export async function listAdministratorRows(store: ServiceStore): Promise<AdministratorRow[]> {
  return store.retrying(() => store.db.selectFrom('administrator').selectAll().execute())
}

export async function isAnyAdministrator(store: ServiceStore): Promise<boolean> {
  return (
    (await store.retrying(() => store.db.selectFrom('administrator').select('id').limit(1).executeTakeFirst())) !==
    undefined
  )
}

/** By user name or Guid; null when there is none. */
export async function lookUpAdministrator(store: ServiceStore, identity: string): Promise<AdministratorRow | null> {
  return store.retrying(async () => {
    const { rows } = await store.pool.query<AdministratorRow>(
      `SELECT * FROM administrator WHERE id = $1::uuid OR name_key = $2
       ORDER BY id = $1::uuid DESC NULLS LAST LIMIT 1`,
      [isGuid(identity) ? identity : null, nameKey(identity)],
    )
    return rows[0] ?? null
  })
}

/** @throws Fault OBJECT_NOT_FOUND */
export async function findAdministrator(store: ServiceStore, identity: string): Promise<AdministratorRow> {
  const row = await lookUpAdministrator(store, identity)
  if (!row) throw notFound(KIND, identity)
  return row
}

/** Who may sign in and do everything is counted and changed by one after the other. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('waybill administrators', 0))`

export async function locked<T>(store: ServiceStore, work: (client: ServiceClient) => Promise<T>): Promise<T> {
  return store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query(LOCK)
      return work(client)
    }),
  )
}

/** @throws Fault NAME_TAKEN */
export async function insertAdministrator(store: ServiceStore, row: NewAdministratorRow): Promise<AdministratorRow> {
  return locked(store, (client) => insertInto(client, row))
}

/** @throws Fault NAME_TAKEN, also for a subject of OpenID Connect that somebody else has */
export async function insertInto(client: ServiceClient, row: NewAdministratorRow): Promise<AdministratorRow> {
  await refuseTaken(client, row.id, row.name, row.oidc_subject, row.oidc_issuer)
  const { rows } = await client.query<AdministratorRow>(
    `INSERT INTO administrator (id, name, name_key, display_name, mail_address, language, roles, enabled, password_hash,
       password_ends_at, must_change_password, oidc_subject, oidc_issuer, source)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     -- There already, when it was an earlier attempt whose answer was lost.
     ON CONFLICT (id) DO UPDATE SET modified_at = administrator.modified_at RETURNING *`,
    [
      row.id,
      row.name,
      nameKey(row.name),
      row.display_name,
      row.mail_address,
      row.language,
      row.roles,
      row.enabled,
      row.password_hash,
      row.password_ends_at,
      row.must_change_password,
      row.oidc_subject,
      row.oidc_issuer ?? null,
      row.source ?? 'Local',
    ],
  )
  return rows[0]!
}

async function refuseTaken(
  client: ServiceClient,
  id: string,
  name: string | null,
  subject: string | null | undefined,
  issuer: string | null | undefined,
): Promise<void> {
  const { rows } = await client.query<{ name: string; same: boolean }>(
    `SELECT name, name_key = $2 AS same FROM administrator
     WHERE id <> $1 AND (name_key = $2 OR oidc_subject = $3 AND coalesce(oidc_issuer, $4, '') = coalesce($4, oidc_issuer, ''))
     ORDER BY name_key = $2 DESC NULLS LAST LIMIT 1`,
    [id, name === null ? null : nameKey(name), subject ?? null, issuer ?? null],
  )
  if (!rows[0]) return
  if (rows[0].same) throw nameTaken(KIND, name!)
  throw valueTaken(
    KIND,
    'oidcSubject',
    subject!,
    `Take it from the administrator "${rows[0].name}" first, or give another.`,
  )
}

export interface ChangeRules {
  /** Over the socket one may take everybody's rights away: whoever opens it can give them back. */
  readonly mayLockOut: boolean
  /** SHA-256 of the session that asks: it stays when the others end. */
  readonly except: Buffer | null
}

/**
 * A password that is set, a role that is lost and disabling end the sessions.
 * @param decide sees the row as it is, locked; answers what changes, or throws what forbids it
 * @throws Fault OBJECT_NOT_FOUND; STATE_FORBIDS where nobody would be left who may everything
 */
export async function changeAdministrator(
  store: ServiceStore,
  id: string,
  decide: (row: AdministratorRow) => AdministratorChanges,
  { mayLockOut, except }: ChangeRules,
): Promise<AdministratorRow> {
  return locked(store, async (client) => {
    const { rows } = await client.query<AdministratorRow>('SELECT * FROM administrator WHERE id = $1 FOR UPDATE', [id])
    const before = rows[0]
    if (!before) throw notFound(KIND, id)
    const set = Object.entries(decide(before)).filter(([, value]) => value !== undefined)
    const changes = Object.fromEntries(set) as AdministratorChanges
    await refuseTaken(client, id, null, changes.oidc_subject, changes.oidc_issuer)
    const columns = set.map(([column], at) => `${column} = $${at + 2}`)
    const changed = await client.query<AdministratorRow>(
      `UPDATE administrator SET ${[...columns, 'modified_at = now()'].join(', ')} WHERE id = $1 RETURNING *`,
      [id, ...set.map(([, value]) => value)],
    )
    const after = changed.rows[0]!
    if (!mayLockOut) await refuseLockOut(client, 'Set-Administrator', before, after)
    if (endsSessions(before, after, changes)) await endSessions(client, id, except)
    return after
  })
}

/** The same password, hashed anew: ends nothing. False when it is another password by now. */
export async function replaceHash(store: ServiceStore, id: string, before: string, after: string): Promise<boolean> {
  const { rowCount } = await store.retrying(() =>
    store.pool.query('UPDATE administrator SET password_hash = $3 WHERE id = $1 AND password_hash IN ($2, $3)', [
      id,
      before,
      after,
    ]),
  )
  return rowCount === 1
}

/**
 * @param check sees the row as it is, locked, and throws what forbids the removal
 * @throws Fault OBJECT_NOT_FOUND; STATE_FORBIDS for the last one who may everything
 */
export async function deleteAdministrator(
  store: ServiceStore,
  identity: string,
  check: (row: AdministratorRow) => void,
  { mayLockOut }: Pick<ChangeRules, 'mayLockOut'>,
): Promise<void> {
  const { id } = await findAdministrator(store, identity)
  await locked(store, async (client) => {
    const { rows } = await client.query<AdministratorRow>('DELETE FROM administrator WHERE id = $1 RETURNING *', [id])
    const gone = rows[0]
    // Thrown, it is rolled back.
    if (gone) check(gone)
    if (gone && !mayLockOut) await refuseLockOut(client, 'Remove-Administrator', gone, null)
  })
}

/**
 * Enabled, may everything, and signs in with a password that has not ended: a provider of OpenID Connect may be away, or
 * not be set up at all.
 */
const inCharge = ({ enabled, roles, password_hash: hash, password_ends_at: endsAt }: AdministratorRow): boolean =>
  enabled &&
  roles.includes('OrganizationManagement') &&
  hash !== null &&
  (endsAt === null || endsAt.getTime() > Date.now())

/** @param after null: removed */
async function refuseLockOut(
  client: ServiceClient,
  command: string,
  before: AdministratorRow,
  after: AdministratorRow | null,
): Promise<void> {
  if (!inCharge(before) || (after && inCharge(after))) return
  const { rows } = await client.query<AdministratorRow>('SELECT * FROM administrator WHERE enabled')
  if (rows.some(inCharge)) return
  throw stateForbids(
    command,
    `the administrator "${before.name}"`,
    'no other one is enabled, has the role OrganizationManagement and signs in with a password, also when the provider of OpenID Connect is away; make one first',
  )
}

function endsSessions(before: AdministratorRow, after: AdministratorRow, changes: AdministratorChanges): boolean {
  return (
    (before.enabled && !after.enabled) ||
    before.roles.some((role) => !after.roles.includes(role)) ||
    before.oidc_subject !== after.oidc_subject ||
    changes.password_hash !== undefined
  )
}

export async function endSessions(client: ServiceClient, id: string, except: Buffer | null): Promise<void> {
  await client.query('DELETE FROM administrator_session WHERE administrator_id = $1 AND hash IS DISTINCT FROM $2', [
    id,
    except,
  ])
}
