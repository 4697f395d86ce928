/** Names that begin as what was typed; whatever goes wrong, nothing is said: somebody is typing. */
import { ROUTES } from '#contract/routes/all.ts'
import { type Client, openClient } from './client.ts'
import type { NameKind } from './cmdlet/declare.ts'
import { type PlaceOptions, choosePlace } from './place.ts'

const PATIENCE_MS = 1000
const MOST = 200

export async function completeName(kind: NameKind, prefix: string, place: PlaceOptions): Promise<void> {
  const wanted = prefix.toLowerCase()
  const found: string[] = []
  let client: Client | null = null
  const patience = setTimeout(() => client?.close(), PATIENCE_MS)
  try {
    client = openClient(choosePlace(place))
    for await (const { identity } of ITEMS[kind](client, prefix)) {
      if (identity.toLowerCase().startsWith(wanted)) found.push(identity)
      if (found.length >= MOST) break
    }
  } catch {
    // Nothing to complete with.
  } finally {
    clearTimeout(patience)
    client?.close()
  }
  // A name with a control character would be two, or do something to the terminal.
  const plain = found.filter((name) => !/\p{C}/u.test(name))
  process.stdout.write(plain.map((name) => `${name}\n`).join(''))
}

const ITEMS: {
  readonly [Kind in NameKind]: (client: Client, prefix: string) => AsyncIterable<{ identity: string }>
} = {
  endpoints: (client) => client.list(ROUTES.listEndpoints),
  databases: (client) => client.list(ROUTES.listDatabases),
  administrators: (client) => client.list(ROUTES.listAdministrators),
  reports: (client) => client.list(ROUTES.listReports),
  batches: (client, prefix) => client.list(ROUTES.listBatches, prefix === '' ? {} : { query: { search: prefix } }),
  // The script itself knows them.
  cmdlets: () => (async function* () {})(),
}
