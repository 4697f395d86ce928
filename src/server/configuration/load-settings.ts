/** The settings of this process: flag before environment before file before default, each with where it came from. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Fault } from '#base/fault.ts'
import { flagOf } from '#contract/setting-text.ts'
import { type SettingValue, readText } from '#contract/setting-values.ts'
import { type GivenSettings, SETTINGS, SETTING_NAMES, type SettingName, type Settings } from '#contract/settings.ts'
import { checkTogether } from './check-together.ts'
import { type FileSetting, readFile } from './read-file.ts'

export type Origin =
  | { readonly kind: 'flag' | 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'default' }

export interface Configuration {
  readonly settings: Settings
  readonly origins: Readonly<Record<SettingName, Origin>>
  /** The configuration file, or where one would have been looked for. */
  readonly file: { readonly path: string; readonly isThere: boolean }
}

export interface Asked {
  /** --config; null: WAYBILL_CONFIG, else the usual place. */
  readonly configFile: string | null
  /** Flags. */
  readonly given: GivenSettings
}

const isRoot = () => process.getuid?.() === 0

/** @throws Fault CONFIG_FILE_UNREADABLE, CONFIG_FILE_MALFORMED, SETTING_UNKNOWN, SETTING_INVALID (exit 4) */
export function loadConfiguration(asked: Asked, env: NodeJS.ProcessEnv = process.env): Configuration {
  const file = findFile(asked.configFile, env)
  const settings: Record<string, SettingValue | null> = {}
  const origins: Record<string, Origin> = {}
  for (const name of SETTING_NAMES) {
    const { value, origin } = valueOf(name, asked.given, file, env)
    settings[name] = value
    origins[name] = origin
  }
  const configuration = {
    settings: { ...settings, dataFolder: dataFolderOf(settings) } as unknown as Settings,
    origins: origins as Record<SettingName, Origin>,
    file: { path: file.path, isThere: file.isThere },
  }
  checkTogether(configuration)
  return configuration
}

export const loadSettings = (asked: Asked): Settings => loadConfiguration(asked).settings

interface ConfigFile {
  readonly path: string
  readonly isThere: boolean
  readonly given: ReadonlyMap<SettingName, FileSetting>
}

function findFile(named: string | null, env: NodeJS.ProcessEnv): ConfigFile {
  const chosen = named || env['WAYBILL_CONFIG']
  const path = chosen ? resolve(chosen) : usualFile(env)
  const given = readFile(path)
  if (given !== null || !chosen) return { path, isThere: given !== null, given: given ?? new Map() }
  throw new Fault({
    code: 'CONFIG_FILE_UNREADABLE',
    scope: 'instance',
    transient: false,
    message: `there is no configuration file ${path}, which ${named ? '--config' : 'WAYBILL_CONFIG'} names`,
    remedy: 'Name the file that is meant; "waybill config --example" prints one to begin with.',
    facts: { path },
  })
}

const usualFile = (env: NodeJS.ProcessEnv) =>
  isRoot()
    ? '/etc/waybill/waybill.toml'
    : join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'waybill/waybill.toml')

function dataFolderOf({ dataFolder }: Record<string, SettingValue | null>): string {
  if (typeof dataFolder === 'string') return resolve(dataFolder)
  return isRoot() ? '/var/lib/waybill' : join(homedir(), '.local', 'share', 'waybill')
}

function valueOf(
  name: SettingName,
  given: GivenSettings,
  file: ConfigFile,
  env: NodeJS.ProcessEnv,
): { value: SettingValue | null; origin: Origin } {
  const { type, env: variable, default: usual } = SETTINGS[name]
  const flagged = given[name]
  if (flagged !== undefined) return { value: flagged, origin: { kind: 'flag', name: flagOf(SETTINGS[name]) ?? name } }
  const text = env[variable]
  // Set to nothing is how a variable is unset in a unit or a script.
  if (text !== undefined && text !== '') {
    const read = readText(type, text)
    if ('why' in read) throw settingInvalid(`the environment variable ${variable} ${read.why}`, variable)
    return { value: read.value, origin: { kind: 'environment', name: variable } }
  }
  const written = file.given.get(name)
  if (written) return { value: written.value, origin: { kind: 'file', path: file.path, line: written.line } }
  return { value: usual, origin: { kind: 'default' } }
}

function settingInvalid(message: string, variable: string): Fault {
  return new Fault({
    code: 'SETTING_INVALID',
    scope: 'instance',
    transient: false,
    message,
    remedy: 'Correct it; "waybill config --example" shows how each setting is written.',
    facts: { variable },
  })
}
