/** Settings as text for people, with passwords masked. */
import { withoutPassword } from './database-url.ts'
import type { ListenAddress, SettingValue } from './setting-values.ts'
import type { Setting } from './settings.ts'

export type ShownValue = string | number | boolean | readonly string[] | null

export function shownValue(value: SettingValue | null, { secret }: Pick<Setting, 'secret'>): ShownValue {
  if (value === null) return null
  if (typeof value === 'object' && 'port' in value) return listenText(value)
  return secret && typeof value === 'string' ? withoutPassword(value) : value
}

export function textOf(value: ShownValue): string {
  if (value === null) return 'none'
  if (typeof value === 'object') return value.join(', ') || 'none'
  return String(value)
}

export const shownDefault = ({ default: usual, defaultText }: Pick<Setting, 'default' | 'defaultText'>): string =>
  defaultText ?? textOf(shownValue(usual, {}))

/** Without what it takes: `--data`. */
export const flagOf = ({ flag }: Pick<Setting, 'flag'>): string | null => flag?.split(' ')[0] ?? null

export const listenText = ({ host, port }: ListenAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`
