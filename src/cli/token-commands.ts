/** `waybill token …`: the token itself goes to standard output, all that is said about it to standard error. */
import { safeText } from '#base/safe-text.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { Client } from './client.ts'
import { display } from './cmdlet/display.ts'
import { plainTable } from './plain-table.ts'
import type { Scope } from './scopes.ts'

const DAY_MS = 86_400_000

export async function createToken(
  client: Client,
  { name, scope, days }: { name: string; scope: Scope; days: number },
): Promise<void> {
  const expiresAt = new Date(Date.now() + days * DAY_MS).toISOString()
  const created = await client.ask(ROUTES.createToken, { body: { name, scopes: [scope], expiresAt } })
  process.stderr.write(
    `Token "${safeText(created.name)}" (${created.id}) may ${scope} until ${display(created.expiresAt)}. It is shown this once: keep it where only its program can read it.\n`,
  )
  process.stdout.write(`${created.token}\n`)
}

const HEADS = ['Id', 'Name', 'Scopes', 'Owner', 'Expires', 'Last used'] as const

export async function listTokens(client: Client): Promise<void> {
  const rows: string[][] = []
  for await (const token of client.list(ROUTES.listTokens)) {
    rows.push([
      token.id,
      safeText(token.name),
      token.scopes.join(', '),
      safeText(token.owner ?? ''),
      display(token.expiresAt),
      token.lastUsedAt === null ? 'never' : display(token.lastUsedAt),
    ])
  }
  process.stdout.write(
    rows.length === 0
      ? 'There are no tokens.\n'
      : `${plainTable(
          HEADS.map((head) => ({ head, align: 'left' })),
          rows,
        )}\n`,
  )
}

export async function revokeToken(client: Client, id: string): Promise<void> {
  await client.ask(ROUTES.revokeToken, { params: { id } })
  process.stderr.write(`Token ${safeText(id)} is revoked.\n`)
}
