/**
 * Where the service may connect to (architecture.md §6.4): somebody who may name a mail server must not reach with it
 * what only this machine can reach. The name is looked up once, every address is checked, and the connection goes to a
 * checked address, so that a second answer of the name server changes nothing.
 */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Fault } from '#base/fault.ts'
import { faultOfSocket, timeoutFault } from './net-faults.ts'
import type { Peer } from './peer.ts'

export interface Listener {
  /** `0.0.0.0` or `::`: on every address of this machine. */
  readonly address: string
  readonly port: number
}

export interface OutgoingRules {
  /** Mail servers on this machine: a setting of the server, because much else listens there. */
  readonly allowLoopback: boolean
  /** What we listen on ourselves, asked anew each time. */
  readonly ownListeners?: () => readonly Listener[]
  /** Told the local end of each connection that was made. */
  readonly connected?: (localAddress: string) => void
  /** Every address of a name; the system's look-up unless told. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

const subnets = (...list: readonly string[]) => {
  const block = new BlockList()
  for (const subnet of list) {
    const [address, bits] = subnet.split('/') as [string, string]
    block.addSubnet(address, Number(bits), familyOf(address))
  }
  return block
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Where clouds hand out credentials to whoever asks from inside. */
const metadata = subnets(
  '169.254.169.254/32',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
)
const loopback = subnets('127.0.0.0/8', '::1/128')
const refused: readonly (readonly [string, BlockList])[] = [
  ['a metadata address', metadata],
  ['a link-local address', subnets('169.254.0.0/16', 'fe80::/10')],
  ['an unspecified address', subnets('0.0.0.0/8', '::/128')],
  ['a multicast address', subnets('224.0.0.0/4', 'ff00::/8')],
  ['a reserved address', subnets('240.0.0.0/4')],
]

export function isLoopbackAddress(address: string): boolean {
  const plain = unwrapped(address)
  return isIP(plain) !== 0 && loopback.check(plain, familyOf(plain))
}

/**
 * The addresses that the host may be connected on, in the order of the name server.
 * @throws Fault ADDRESS_REFUSED when one of them is not allowed: a name that mixes them is not a mail server's
 */
export async function checkedAddresses(peer: Peer, rules: OutgoingRules, ms: number): Promise<readonly string[]> {
  const found = isIP(peer.host) === 0 ? await within(peer, (rules.resolve ?? resolve)(peer.host), ms) : [peer.host]
  if (found.length === 0) {
    throw faultOfSocket(peer, 'its name was looked up', Object.assign(new Error('no address'), { code: 'ENOTFOUND' }))
  }
  for (const address of found) {
    const plain = unwrapped(address)
    const why = refusal(plain, peer.port, rules)
    if (why !== null) throw addressRefused(peer, plain, why)
  }
  return found
}

/**
 * What can be said of a host without asking a name server: an address may be refused when it is entered.
 * @throws Fault ADDRESS_REFUSED
 */
export function checkLiteral(peer: Peer, rules: OutgoingRules): void {
  if (isIP(peer.host) === 0) return
  const plain = unwrapped(peer.host)
  const why = refusal(plain, peer.port, rules)
  if (why !== null) throw addressRefused(peer, plain, why)
}

async function resolve(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

async function within(peer: Peer, looking: Promise<readonly string[]>, ms: number): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeoutFault(peer, 'its name was looked up', ms)), ms)
  })
  try {
    return await Promise.race([looking, late])
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    throw faultOfSocket(peer, 'its name was looked up', thrown instanceof Error ? thrown : new Error('look-up failed'))
  } finally {
    clearTimeout(timer)
  }
}

interface Refusal {
  readonly says: string
  readonly remedy: string
}

function refusal(address: string, port: number, rules: OutgoingRules): Refusal | null {
  if (isIP(address) === 0) return { says: 'no address', remedy: 'Name the mail server itself.' }
  const family = familyOf(address)
  const kind = refused.find(([, block]) => block.check(address, family))
  if (kind) return { says: kind[0], remedy: 'Name the mail server itself.' }
  const isLoopback = loopback.check(address, family)
  if (isLoopback && !rules.allowLoopback) {
    return {
      says: 'on this machine itself (loopback)',
      remedy: 'Name the mail server itself, or allow loopback with WAYBILL_ALLOW_LOOPBACK=1 where the service starts.',
    }
  }
  const own = (rules.ownListeners?.() ?? []).some(
    (listener) => listener.port === port && listensOn(listener.address, address, isLoopback),
  )
  return own ? { says: 'where Waybill itself listens', remedy: 'Name the mail server itself.' } : null
}

function listensOn(listener: string, address: string, isLoopback: boolean): boolean {
  if (unwrapped(listener) === address) return true
  if (listener !== '0.0.0.0' && listener !== '::') return false
  const ours = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return isLoopback || ours.some((each) => unwrapped(each.address) === address)
}

/** An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) is what the packet ends at. */
function unwrapped(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase()
  if (isIP(bare) !== 6) return bare
  const groups = groupsOf(bare)
  const v4 = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const last = v4(groups[6]!, groups[7]!)
  const head = groups.slice(0, 6).join(':')
  if (head === '0:0:0:0:0:65535' || head === '100:65435:0:0:0:0') return last
  if (head === '0:0:0:0:0:0' && groups[6] !== 0) return last
  if (groups[0] === 0x2002) return v4(groups[1]!, groups[2]!)
  return groups.map((group) => group.toString(16)).join(':')
}

/** The eight numbers of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number) as [number, number, number, number]
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [left, right] = hex.split('::').map((half) => (half === '' ? [] : half.split(':').map((g) => parseInt(g, 16))))
  if (right === undefined) return left!
  const gap = Array.from({ length: 8 - left!.length - right.length }, () => 0)
  return [...left!, ...gap, ...right]
}

function addressRefused(peer: Peer, address: string, { says, remedy }: Refusal): Fault {
  const named = address === peer.host ? `${peer.host} is` : `${peer.host} is ${address},`
  return new Fault({
    code: 'ADDRESS_REFUSED',
    scope: 'endpoint',
    transient: false,
    message: `${peer.place}: ${named} ${says}; Waybill does not connect there.`,
    remedy,
    facts: { host: peer.host, port: peer.port, address },
  })
}
