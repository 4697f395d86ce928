/** The settings of OpenID Connect as they are stored: one row, or none yet. */
import type { Selectable } from 'kysely'
import type { OpenIdSettingTable } from '../openid-tables.ts'
import type { SecretPlace } from '../secrets.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { ServiceStore } from './service-store.ts'

export type OpenIdSettingRow = Omit<Selectable<OpenIdSettingTable>, 'only_one' | 'sealed_for'>

const DEFAULTS: OpenIdSettingRow = {
  enabled: false,
  display_name: 'OpenID Connect',
  issuer: '',
  client_id: '',
  client_secret: null,
  scopes: ['openid', 'profile', 'email'],
  user_name_claim: null,
  roles_claim: 'groups',
  role_mapping: { ViewOnly: [], Migration: [], OrganizationManagement: [] },
  modified_at: new Date(0),
}

const COLUMNS = Object.keys(DEFAULTS) as (keyof OpenIdSettingRow)[]

/** Sealed for its provider and client: nobody gets it sent elsewhere by changing the row. */
export const clientSecretPlace = ({
  issuer,
  client_id: clientId,
}: Pick<OpenIdSettingRow, 'issuer' | 'client_id'>): SecretPlace => ({
  table: 'openid_setting',
  id: `${issuer} ${clientId}`,
  column: 'client_secret',
})

export async function readOpenIdSettings(store: ServiceStore): Promise<OpenIdSettingRow> {
  const row = await store.retrying(() => store.db.selectFrom('openid_setting').select(COLUMNS).executeTakeFirst())
  return row ?? DEFAULTS
}

/** Of the provider that is set up; null: there is none. */
export const currentIssuer = async (store: ServiceStore): Promise<string | null> =>
  (await readOpenIdSettings(store)).issuer || null

const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('waybill openid', 0))`

/** @param decide sees the settings as they are, locked; answers what they become, or throws what forbids it */
export async function changeOpenIdSettings(
  store: ServiceStore,
  decide: (row: OpenIdSettingRow) => Omit<OpenIdSettingRow, 'modified_at'>,
): Promise<OpenIdSettingRow> {
  return store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query(LOCK)
      const found = await client.query<OpenIdSettingRow>(`SELECT ${COLUMNS.join()} FROM openid_setting`)
      const row = decide(found.rows[0] ?? DEFAULTS)
      const { rows } = await client.query<OpenIdSettingRow>(
        `INSERT INTO openid_setting (enabled, display_name, issuer, client_id, client_secret, scopes, user_name_claim,
           roles_claim, role_mapping, sealed_for)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (only_one) DO UPDATE SET enabled = $1, display_name = $2, issuer = $3, client_id = $4,
           client_secret = $5, scopes = $6, user_name_claim = $7, roles_claim = $8, role_mapping = $9, sealed_for = $10,
           modified_at = clock_timestamp()
         RETURNING ${COLUMNS.join()}`,
        [
          row.enabled,
          row.display_name,
          row.issuer,
          row.client_id,
          row.client_secret,
          row.scopes,
          row.user_name_claim,
          row.roles_claim,
          JSON.stringify(row.role_mapping),
          clientSecretPlace(row).id,
        ],
      )
      return rows[0]!
    }),
  )
}
