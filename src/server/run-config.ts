/** `waybill config`: what holds, and where it comes from. */
import { safeJson } from '#base/safe-json.ts'
import { safeText } from '#base/safe-text.ts'
import { plainTable } from '#cli/plain-table.ts'
import type { ConfigRequest } from '#contract/serve.ts'
import { textOf } from '#contract/setting-text.ts'
import { SETTINGS, SETTING_NAMES } from '#contract/settings.ts'
import { loadConfiguration } from './configuration/load-settings.ts'
import { exampleFile, shownSettings } from './configuration/show.ts'

const HEADS = ['Setting', 'Value', 'From'] as const

export function runConfig(request: ConfigRequest): void {
  if (request.example) return void process.stdout.write(exampleFile())
  const configuration = loadConfiguration(request)
  const { path, isThere } = configuration.file
  const shown = shownSettings(configuration)
  if (request.json)
    return void process.stdout.write(`${safeJson({ file: isThere ? path : null, settings: shown }, 2)}\n`)
  for (const name of strangers()) {
    process.stderr.write(`Warning: the environment variable ${safeText(name)} is no setting.\n`)
  }
  const columns = HEADS.map((head) => ({ head, align: 'left' as const }))
  const rows = shown.map(({ name, value, from }) => [name, safeText(textOf(value)), safeText(from)])
  process.stdout.write(`File: ${safeText(path)}${isThere ? '' : ' (there is none)'}\n\n${plainTable(columns, rows)}\n`)
}

/** What is no setting of the service, and is ours all the same. */
const OTHERS = ['WAYBILL_CONFIG', 'WAYBILL_SERVER', 'WAYBILL_TOKEN', 'WAYBILL_TUNING', 'WAYBILL_CRASH']

/** Misspelt, they would be passed over in silence. */
const strangers = () =>
  Object.keys(process.env).filter(
    (name) =>
      name.startsWith('WAYBILL_') && !OTHERS.includes(name) && !SETTING_NAMES.some((one) => SETTINGS[one].env === name),
  )
