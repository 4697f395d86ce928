/** What settings mean only together. */
import { Fault } from '#base/fault.ts'
import type { SettingName, Settings } from '#contract/settings.ts'

interface Loaded {
  readonly settings: Settings
}

/** @throws Fault SETTING_INVALID */
export function checkTogether({ settings }: Loaded): void {
  needs(settings, 'tlsCertificate', 'tlsKey')
  needs(settings, 'tlsKey', 'tlsCertificate')
  needs(settings, 'databasePasswordFile', 'databaseUrl')
}

function needs(settings: Settings, one: SettingName, other: SettingName): void {
  if (settings[one] === null || settings[other] !== null) return
  throw new Fault({
    code: 'SETTING_INVALID',
    scope: 'instance',
    transient: false,
    message: `${one} is set, and ${other} is not`,
    remedy: `Set ${other}, or leave both out; "waybill config" tells where each setting comes from.`,
    facts: { setting: one },
  })
}
