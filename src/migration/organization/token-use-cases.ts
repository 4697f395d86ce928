/** Tokens of programs that use the API (architecture.md §6.3): shown once, kept as a hash, with scopes and an end. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '#base/clock.ts'
import { badValue } from '#base/request-faults.ts'
import type { Account, UseCases } from '#contract/calls.ts'
import { type ApiToken, SCOPES } from '#contract/organization.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type TokenRow, deleteToken, insertToken, listTokenRows, useToken } from '#store/service/tokens.ts'
import { pageByName } from '../page.ts'

export interface TokenDeps {
  readonly store: ServiceStore
  readonly clock?: Pick<Clock, 'now'>
}

export interface TokenUseCases extends Pick<UseCases, 'listTokens' | 'createToken' | 'revokeToken'> {
  /** Whose token it is; null when it is none of ours, revoked or expired. */
  authenticate(token: string): Promise<Account | null>
}

/** Recognised by those who scan for leaked secrets, and by people. */
const PREFIX = 'wb_'
const FORM = /^wb_[\w-]{43}$/

export function tokenUseCases({ store, clock = systemClock }: TokenDeps): TokenUseCases {
  return {
    listTokens: async ({ query }) => pageByName(await listTokenRows(store), query, showToken),
    async createToken({ body, principal }) {
      const expiresAt = new Date(body.expiresAt)
      if (expiresAt.getTime() <= clock.now()) throw badValue('expiresAt', 'must lie in the future')
      const token = `${PREFIX}${randomBytes(32).toString('base64url')}`
      const row = await insertToken(store, {
        id: randomUUID(),
        name: body.name,
        hash: hashOf(token),
        scopes: SCOPES.filter((scope) => body.scopes.includes(scope)),
        created_by: principal.name,
        expires_at: expiresAt,
      })
      return { ...showToken(row), token }
    },
    async revokeToken({ params }) {
      await deleteToken(store, params.id)
      return undefined
    },
    async authenticate(token) {
      if (!FORM.test(token)) return null
      const row = await useToken(store, hashOf(token), clock.now())
      return row && { name: `token ${row.name}`, scopes: scopesOf(row), via: 'Token' }
    },
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()

const scopesOf = ({ scopes }: TokenRow) => SCOPES.filter((scope) => scopes.includes(scope))

const showToken = (row: TokenRow): ApiToken => ({
  id: row.id,
  name: row.name,
  scopes: scopesOf(row),
  creationDateTime: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
})
