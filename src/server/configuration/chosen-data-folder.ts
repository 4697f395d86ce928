import { resolve } from 'node:path'

/** The data folder that a command means; cmdlets in a pipe read no file where a flag or the environment says it. */
export async function chosenDataFolder(named: {
  readonly data?: string | undefined
  readonly config?: string | undefined
}): Promise<string> {
  const chosen = named.data || process.env['WAYBILL_DATA']
  if (chosen) return resolve(chosen)
  const { loadSettings } = await import('./load-settings.ts')
  return loadSettings({ configFile: named.config ?? null, given: {} }).dataFolder
}
