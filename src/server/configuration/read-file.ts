/** The configuration file: TOML, one key for each setting, nothing else. Mistakes are told with their line. */
import { readFileSync, statSync } from 'node:fs'
import { TomlError, parse } from 'smol-toml'
import { Fault } from '#base/fault.ts'
import { holdsPassword } from '#contract/database-url.ts'
import { readToml, type SettingValue } from '#contract/setting-values.ts'
import { SETTINGS, SETTING_NAMES, type Setting, type SettingName } from '#contract/settings.ts'

export interface FileSetting {
  readonly value: SettingValue
  /** From 1 on. */
  readonly line: number
}

/** Null: there is none. @throws Fault (exit 4) */
export function readFile(path: string): ReadonlyMap<SettingName, FileSetting> | null {
  const text = readText(path)
  if (text === null) return null
  const given = new Map<SettingName, FileSetting>()
  for (const [key, raw] of Object.entries(parseToml(path, text))) {
    const line = lineOf(key, text)
    const at = `${path} line ${line}`
    const name = SETTING_NAMES.find((one) => one === key)
    if (name === undefined) throw fileFault('SETTING_UNKNOWN', `${at}: there is no setting ${key}`, meant(key))
    const { type, secret }: Setting = SETTINGS[name]
    const read = readToml(type, raw)
    if ('why' in read) {
      throw fileFault(
        'SETTING_INVALID',
        `${at}: ${key} ${read.why}`,
        'Correct it; "waybill config --example" shows how.',
      )
    }
    const { value } = read
    if (secret && typeof value === 'string' && holdsPassword(value)) refuseReaders(path, key)
    given.set(name, { value, line })
  }
  return given
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw fileFault(
      'CONFIG_FILE_UNREADABLE',
      `the configuration file ${path} cannot be read: ${message}`,
      'Give this user the right to read it.',
    )
  }
}

function parseToml(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown
    // Its message quotes the lines around the mistake, which may hold a password.
    const what = thrown.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')
    throw fileFault(
      'CONFIG_FILE_MALFORMED',
      `${path} line ${thrown.line}: this is no TOML: ${what}`,
      'Write settings as name = value, with strings in quotes; "waybill config --example" shows how.',
    )
  }
}

/** The parser tells no places; a key stands at the beginning of its line, as it is or in quotes, or in the head of a table. */
function lineOf(key: string, text: string): number {
  const lines = text.split('\n')
  const name = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const at = lines.findIndex((line) => new RegExp(`^\\s*\\[*\\s*["']?${name}["']?\\s*[=.\\]]`).test(line))
  return at + 1
}

/** A name that differs only in how it is written is meant; else where the names stand. */
function meant(key: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '')
  const near = SETTING_NAMES.find((name) => [name, SETTINGS[name].env].some((one) => plain(one) === plain(key)))
  return near ? `It is called ${near}.` : '"waybill config" lists those that there are.'
}

function refuseReaders(path: string, key: string): void {
  if ((statSync(path).mode & 0o007) === 0) return
  throw fileFault(
    'SECRET_FILE_EXPOSED',
    `${path} holds a password (${key}), and everybody on this machine may read it`,
    `Run "chmod o= ${path}", or put the password into a file of its own that databasePasswordFile names.`,
  )
}

function fileFault(code: string, message: string, remedy: string): Fault {
  return new Fault({ code, scope: 'instance', transient: false, message, remedy })
}
