/** NAMESPACE (RFC 2342). */
import type { Lane } from './lane.ts'
import { type Item, textOf } from './tokens.ts'

export interface Namespace {
  /** Octets in latin1, with the separator at its end: `INBOX.`. */
  readonly prefix: string
  readonly separator: string | null
}

export interface Namespaces {
  readonly personal: readonly Namespace[]
  readonly others: readonly Namespace[]
  readonly shared: readonly Namespace[]
}

/** Null where the server has no NAMESPACE or refuses to say. */
export async function namespaces(lane: Lane): Promise<Namespaces | null> {
  if (!lane.offers('NAMESPACE') && !lane.offers('IMAP4REV2')) return null
  let found: Namespaces | null = null
  const answer = await lane.ask(['NAMESPACE'], {
    untagged(response) {
      if (response.word !== 'NAMESPACE') return false
      const [personal, others, shared] = response.items()
      found = { personal: read(personal), others: read(others), shared: read(shared) }
      return true
    },
  })
  return answer.status === 'OK' ? found : null
}

function read(item: Item | undefined): Namespace[] {
  if (!Array.isArray(item)) return []
  return item.filter(Array.isArray).map(([prefix, separator]) => ({
    prefix: textOf(prefix) ?? '',
    separator: textOf(separator) || null,
  }))
}
