/** Options of commands that are settings, out of their one declaration. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { shownDefault } from '#contract/setting-text.ts'
import { readText } from '#contract/setting-values.ts'
import { type Command as Taker, type GivenSettings, SETTINGS, SETTING_NAMES, type Setting } from '#contract/settings.ts'

const flagged = (taker: Taker | null) =>
  SETTING_NAMES.flatMap((name) => {
    const declared: Setting = SETTINGS[name]
    const { flag, commands, type, help } = declared
    if (flag === undefined || (taker !== null && !commands?.includes(taker))) return []
    const option = new Option(flag, /</.test(flag) ? `${help} (default: ${shownDefault(declared)})` : help)
    if (/</.test(flag)) {
      option.argParser((text: string) => {
        const read = readText(type, text)
        if ('why' in read) throw new InvalidArgumentError(`It ${read.why}.`)
        return read.value
      })
    }
    return [{ name, option }]
  })

/** @param taker null: every flag that there is */
export function addSettingOptions(command: Command, taker: Taker | null): Command {
  command.option('--config <file>', 'configuration file (default: WAYBILL_CONFIG, else the usual place)')
  for (const { option } of flagged(taker)) command.addOption(option)
  return command
}

/** What was given by flags. */
export function givenSettings(
  command: Command,
  taker: Taker | null,
): { configFile: string | null; given: GivenSettings } {
  const values = flagged(taker).flatMap(({ name, option }) => {
    const key = option.attributeName()
    return command.getOptionValueSource(key) === 'cli' ? [[name, command.getOptionValue(key) as unknown]] : []
  })
  const file = command.getOptionValue('config') as string | undefined
  return { configFile: file ?? null, given: Object.fromEntries(values) as GivenSettings }
}
