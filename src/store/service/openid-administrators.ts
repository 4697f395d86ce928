/** Who comes from the provider of OpenID Connect becomes an administrator, or is found again. */
import type { Role } from '#contract/administrator.ts'
import { type AdministratorRow, endSessions, insertInto, locked } from './administrators.ts'
import { nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'

export interface Arrival {
  /** Of the row, when one is made. */
  readonly id: string
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly displayName: string
  readonly mailAddress: string | null
  /** By the claims; empty: none. */
  readonly roles: readonly Role[]
}

export type Admission =
  | { readonly row: AdministratorRow; readonly refused: null }
  | { readonly row: AdministratorRow | null; readonly refused: 'disabled' | 'no role' | 'name taken' }

/**
 * Known by issuer and subject alone, never by name. Whom somebody made by hand and gave this subject keeps the roles of
 * that row; all others have those of the claims, and lose at once what the claims do not give any more.
 */
export async function admitArrival(store: ServiceStore, arrival: Arrival): Promise<Admission> {
  const { issuer, subject, displayName, mailAddress } = arrival
  const roles = [...arrival.roles]
  return locked(store, async (client): Promise<Admission> => {
    const found = await client.query<AdministratorRow>(
      `SELECT * FROM administrator WHERE oidc_subject = $1 AND (oidc_issuer = $2 OR oidc_issuer IS NULL)
       ORDER BY oidc_issuer NULLS LAST LIMIT 1 FOR UPDATE`,
      [subject, issuer],
    )
    const row = found.rows[0]
    if (row) {
      if (!row.enabled) return { row, refused: 'disabled' }
      if (row.source === 'Local') {
        await client.query('UPDATE administrator SET oidc_issuer = $2 WHERE id = $1', [row.id, issuer])
        return { row, refused: null }
      }
      const changed = await client.query<AdministratorRow>(
        `UPDATE administrator SET roles = $2, display_name = $3, mail_address = $4,
           modified_at = CASE WHEN (roles, display_name, mail_address) IS NOT DISTINCT FROM ($2, $3, $4)
             THEN modified_at ELSE now() END
         WHERE id = $1 RETURNING *`,
        [row.id, roles, displayName, mailAddress],
      )
      if (row.roles.some((role) => !roles.includes(role))) await endSessions(client, row.id, null)
      return roles.length === 0 ? { row, refused: 'no role' } : { row: changed.rows[0]!, refused: null }
    }
    if (roles.length === 0) return { row: null, refused: 'no role' }
    const { rowCount } = await client.query('SELECT FROM administrator WHERE name_key = $1', [nameKey(arrival.name)])
    if (rowCount) return { row: null, refused: 'name taken' }
    const made = await insertInto(client, {
      id: arrival.id,
      name: arrival.name,
      display_name: displayName,
      mail_address: mailAddress,
      language: null,
      roles,
      enabled: true,
      password_hash: null,
      password_ends_at: null,
      must_change_password: false,
      oidc_subject: subject,
      oidc_issuer: issuer,
      source: 'OpenIdConnect',
    })
    return { row: made, refused: null }
  })
}
