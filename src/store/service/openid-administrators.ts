/** Who comes from the provider of OpenID Connect becomes an administrator, or is found again. */
import type { Role } from '#contract/administrator.ts'
import { type AdministratorRow, endSessions, insertInto, locked } from './administrators.ts'
import { auditChanges } from './audit-text.ts'
import { nameKey } from './named.ts'
import { addServiceAct } from './service-acts.ts'
import type { ServiceClient, ServiceStore } from './service-store.ts'

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
  /** Of the browser. */
  readonly clientAddress: string | null
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
        const bound = await client.query<AdministratorRow>(
          'UPDATE administrator SET oidc_issuer = $2 WHERE id = $1 RETURNING *',
          [row.id, issuer],
        )
        await recordArrival(client, arrival, row, bound.rows[0]!)
        return { row, refused: null }
      }
      const changed = await client.query<AdministratorRow>(
        `UPDATE administrator SET roles = $2, display_name = $3, mail_address = $4,
           modified_at = CASE WHEN (roles, display_name, mail_address) IS NOT DISTINCT FROM ($2, $3, $4)
             THEN modified_at ELSE now() END
         WHERE id = $1 RETURNING *`,
        [row.id, roles, displayName, mailAddress],
      )
      await recordArrival(client, arrival, row, changed.rows[0]!)
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
    await recordArrival(client, arrival, null, made)
    return { row: made, refused: null }
  })
}

/** What the provider's word has made of somebody, in the audit log: no route does it, so nothing else records it. */
async function recordArrival(
  client: ServiceClient,
  { issuer, subject, clientAddress }: Arrival,
  before: AdministratorRow | null,
  after: AdministratorRow,
): Promise<void> {
  const modified = auditChanges(before && toldOf(before), toldOf(after))
  if (modified.length === 0) return
  await addServiceAct(client, {
    cmdlet: before === null ? 'New-Administrator' : 'Set-Administrator',
    object: after.name,
    objectGuid: after.id,
    caller: after.name,
    via: 'Session',
    clientAddress,
    parameters: { means: 'OpenIdConnect', oidcIssuer: issuer, oidcSubject: subject },
    modified,
  })
}

const toldOf = (row: AdministratorRow) => ({
  roles: row.roles,
  displayName: row.display_name,
  mailAddress: row.mail_address,
  oidcIssuer: row.oidc_issuer,
  oidcSubject: row.oidc_subject,
})
