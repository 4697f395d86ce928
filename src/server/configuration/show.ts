/** Settings as people read them: `waybill config`, and the file that it prints to begin with. */
import { type ShownValue, flagOf, shownDefault, shownValue } from '#contract/setting-text.ts'
import { SETTINGS, SETTING_NAMES, type Setting, type SettingName } from '#contract/settings.ts'
import type { Configuration, Origin } from './load-settings.ts'

export interface ShownSetting {
  readonly name: SettingName
  /** As it is written, with passwords masked; null where there is none. */
  readonly value: ShownValue
  /** `environment WAYBILL_DATA`, `/etc/waybill/waybill.toml line 3`, `--data`, `default` */
  readonly from: string
  readonly environment: string
  readonly flag: string | null
  readonly default: string
  readonly meaning: string
}

export const shownSettings = ({ settings, origins }: Configuration): ShownSetting[] =>
  SETTING_NAMES.map((name) => ({
    name,
    value: shownValue(settings[name], SETTINGS[name]),
    from: shownOrigin(origins[name]),
    environment: SETTINGS[name].env,
    flag: flagOf(SETTINGS[name]),
    default: shownDefault(SETTINGS[name]),
    meaning: SETTINGS[name].help,
  }))

function shownOrigin(origin: Origin): string {
  if (origin.kind === 'file') return `${origin.path} line ${origin.line}`
  if (origin.kind === 'environment') return `environment ${origin.name}`
  return origin.kind === 'flag' ? origin.name : 'default'
}

/** Every line a comment: who takes the sign away before a setting has it set. */
export function exampleFile(): string {
  const parts = SETTING_NAMES.map((name) => {
    const declared: Setting = SETTINGS[name]
    const lines = wrapped(`${declared.help}. Default: ${shownDefault(declared)}. Environment: ${declared.env}`)
    return [...lines.map((line) => `# ${line}`), `#${name} = ${declared.example}`, ''].join('\n')
  })
  return `${HEAD}\n${parts.join('\n')}`
}

const HEAD = `# Settings of Waybill. "waybill config" prints what holds, and where it comes from: a flag goes before the environment,
# the environment before this file. Paths are whole. The service reads it when it starts.
`

function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.charAt(0).toUpperCase().concat(text.slice(1)).split(' ')) {
    if (line !== '' && line.length + word.length > 115) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return [...lines, line]
}

/** A row of docs/service.md; a test holds the two equal. */
export function settingsTable(): string {
  const rows = SETTING_NAMES.map((name) => {
    const declared: Setting = SETTINGS[name]
    const flag = flagOf(declared)
    return `| ${name} | ${declared.env}${flag ? `, \`${flag}\`` : ''} | ${shownDefault(declared)} | ${declared.help} |`
  })
  return ['| In the file | Environment, flag | Default | |', '|---|---|---|---|', ...rows].join('\n')
}
