/** Tokens of programs that use the API (architecture.md §6.3): shown once, kept as a hash, with scopes and an end. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '#base/clock.ts'
import { badValue } from '#base/request-faults.ts'
import { type Account, SCOPE_RANK, type UseCases } from '#contract/calls.ts'
import { LIMITS } from '#contract/limits.ts'
import { type ApiToken, SCOPES, type Scope } from '#contract/organization.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type TokenRow, deleteToken, insertToken, listTokenRows, useToken } from '#store/service/tokens.ts'
import { scopesOf as rolesToScopes } from '../administrator/sessions.ts'
import { pageByName } from '../page.ts'

export interface TokenDeps {
  readonly store: ServiceStore
  readonly clock?: Pick<Clock, 'now'>
}

export interface TokenUseCases extends Pick<UseCases, 'listTokens' | 'createToken' | 'revokeToken'> {
  /** Whose token it is; null when it is none of ours, revoked or expired. */
  authenticate(token: string): Promise<Account | null>
}

const DAY_MS = 86_400_000
/** The clock of who asks may be ahead of ours. */
const SLACK_MS = 3_600_000

/** Recognised by those who scan for leaked secrets, and by people. */
const PREFIX = 'wb_'
const FORM = /^wb_[\w-]{43}$/

const SORTS = {
  owner: (row: TokenRow) => row.owner?.name.toLowerCase() ?? '',
  creationDateTime: (row: TokenRow) => row.created_at.toISOString(),
  expiresAt: (row: TokenRow) => row.expires_at.toISOString(),
  lastUsedAt: (row: TokenRow) => row.last_used_at?.toISOString() ?? '',
}

export function tokenUseCases({ store, clock = systemClock }: TokenDeps): TokenUseCases {
  return {
    listTokens: async ({ query }) => pageByName(await listTokenRows(store), query, showToken, SORTS),
    async createToken({ body, principal, newId }) {
      const expiresAt = new Date(body.expiresAt)
      if (expiresAt.getTime() <= clock.now()) throw badValue('expiresAt', 'must lie in the future')
      if (expiresAt.getTime() > clock.now() + LIMITS.tokenDays * DAY_MS + SLACK_MS)
        throw badValue('expiresAt', `may be at most ${LIMITS.tokenDays} days from now`)
      const token = `${PREFIX}${randomBytes(32).toString('base64url')}`
      const row = await insertToken(store, {
        id: newId ?? randomUUID(),
        name: body.name,
        hash: hashOf(token),
        scopes: SCOPES.filter((scope) => body.scopes.includes(scope)),
        created_by: principal.name,
        owner_id: principal.administratorId,
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
      if (row === null) return null
      const { id: tokenId, owner_id: administratorId } = row
      return { name: `token ${row.name}`, scopes: allowedOf(row), via: 'Token', administratorId, tokenId }
    },
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()

const scopesOf = ({ scopes }: TokenRow) => SCOPES.filter((scope) => scopes.includes(scope))

/** At most what the owner may now: a token of one who was demoted to ViewOnly only looks. */
function allowedOf(row: TokenRow): Scope[] {
  if (row.owner_id === null) return scopesOf(row)
  if (!row.owner || row.owner.must_change_password) return []
  const most = Math.max(...rolesToScopes(row.owner.roles).map((scope) => SCOPE_RANK[scope]))
  const held = new Set(scopesOf(row).map((scope) => SCOPES[Math.min(SCOPE_RANK[scope], most)]))
  return SCOPES.filter((scope) => held.has(scope))
}

const showToken = (row: TokenRow): ApiToken => ({
  id: row.id,
  name: row.name,
  scopes: scopesOf(row),
  creationDateTime: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  owner: row.owner?.name ?? null,
})
