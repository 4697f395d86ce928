/** What a setting may be, and how it is written: as text in flags and the environment, with TOML's types in the file. */

export interface ListenAddress {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export const LOG_PLACES = ['file', 'stderr'] as const

export interface SettingTypes {
  path: string
  flag: boolean
  count: number
  listen: ListenAddress
  url: string
  databaseUrl: string
  level: LogLevel
  logPlace: (typeof LOG_PLACES)[number]
  /** Whole paths; colons between in text. Of the other lists commas. */
  paths: readonly string[]
  names: readonly string[]
  addresses: readonly string[]
  /** Addresses, or networks as `10.0.0.0/8`. */
  networks: readonly string[]
}

export type SettingType = keyof SettingTypes
export type SettingValue = SettingTypes[SettingType]
type Read = { readonly value: SettingValue } | { readonly why: string }

export const MOST_PASSES = 300

/** From a flag or the environment. */
export function readText(type: SettingType, text: string): Read {
  if (type in LIST_ITEMS) {
    const items = text.split(type === 'paths' ? ':' : ',').map((item) => item.trim())
    return readList(
      type,
      items.filter((item) => item !== ''),
    )
  }
  if (type === 'flag') {
    if (/^(?:1|true|yes|on)$/i.test(text)) return { value: true }
    return /^(?:0|false|no|off)$/i.test(text) ? { value: false } : { why: 'must be true or false' }
  }
  return readOne(type, text)
}

/** From the configuration file. */
export function readToml(type: SettingType, given: unknown): Read {
  if (type in LIST_ITEMS) {
    return Array.isArray(given) && given.every((item) => typeof item === 'string')
      ? readList(type, given)
      : { why: 'must be a list of strings: ["…", "…"]' }
  }
  if (type === 'flag') return typeof given === 'boolean' ? { value: given } : { why: 'must be true or false' }
  if (type === 'count') return typeof given === 'number' ? readOne(type, String(given)) : { why: COUNT }
  if (typeof given !== 'string') return { why: 'must be a string: "…"' }
  // Relative to what, nobody could say: the file is read by services and by hand.
  if (type === 'path' && !given.startsWith('/')) return { why: WHOLE_PATH }
  return readOne(type, given)
}

const COUNT = `must be a whole number from 0 to ${MOST_PASSES}`
const WHOLE_PATH = 'must be a whole path, beginning with /'

type Check = (text: string) => string | null
const LIST_ITEMS: Readonly<Partial<Record<SettingType, Check>>> = {
  paths: (text) => (text.startsWith('/') ? null : WHOLE_PATH),
  names: (text) => (/^[a-z0-9_.-]{1,253}$/i.test(text) ? null : 'is not a host name'),
  addresses: (text) => (isAddress(text) ? null : 'is not an IP address'),
  networks: (text) => (isNetwork(text) ? null : 'is neither an IP address nor a network such as 10.0.0.0/8'),
}

function readList(type: SettingType, items: readonly string[]): Read {
  for (const item of items) {
    const why = LIST_ITEMS[type]?.(item)
    if (why) return { why: `${JSON.stringify(item)} ${why}` }
  }
  return { value: items }
}

function readOne(type: SettingType, text: string): Read {
  const read = ONE[type]
  if (read) return read(text)
  return text === '' ? { why: 'must not be empty' } : { value: text }
}

const ONE: Readonly<Partial<Record<SettingType, (text: string) => Read>>> = {
  count: (text) => (/^\d{1,3}$/.test(text) && Number(text) <= MOST_PASSES ? { value: Number(text) } : { why: COUNT }),
  listen: readListen,
  url: readUrl,
  level: (text) => oneOf(LOG_LEVELS, text),
  logPlace: (text) => oneOf(LOG_PLACES, text),
}

function oneOf(values: readonly string[], text: string): Read {
  const value = values.find((one) => one === text)
  return value === undefined ? { why: `must be one of ${values.join(', ')}` } : { value }
}

function readListen(text: string): Read {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  return match && port <= 65_535
    ? { value: { host: match[1] ?? match[2] ?? '', port } }
    : { why: 'must be an address and a port, such as 127.0.0.1:8383 or [::1]:8383' }
}

/** Without what follows the path: links are made by putting a path behind it. */
function readUrl(text: string): Read {
  const url = URL.parse(text)
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
  return isPlain
    ? { value: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
    : { why: 'must be an address such as https://waybill.example.com, without log-in, query and fragment' }
}

function isAddress(text: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text.split('.').every((part) => Number(part) <= 255)
  return text.includes(':') && /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`)
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  if (bits === undefined) return isAddress(text)
  const most = address.includes(':') ? 128 : 32
  return more.length === 0 && isAddress(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= most
}
