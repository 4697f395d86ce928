/** Where the connections of this host to mail servers come from: what their firewalls must let in. */
import { networkInterfaces } from 'node:os'

export interface OutgoingAddresses {
  /** Told the local end of each connection. */
  used(address: string): void
  now(): { readonly addresses: readonly string[]; readonly used: readonly string[] }
}

/** A host that changes its address each hour is no reason to keep them all. */
const MOST = 20

/** @param told as the settings say it: behind NAT nothing on this host knows */
export function outgoingAddresses(told: readonly string[]): OutgoingAddresses {
  const used = new Set<string>()
  return {
    used(address) {
      const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
      if (plain === '') return
      used.delete(plain)
      used.add(plain)
      for (const oldest of used) if (used.size > MOST) used.delete(oldest)
    },
    now: () => ({ addresses: told.length > 0 ? told : ownAddresses(), used: [...used].reverse() }),
  }
}

/** Without those that never leave the machine or the wire it is on. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return all
    .filter(({ internal, address }) => !internal && !/^(?:fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address)
    .slice(0, MOST)
}
