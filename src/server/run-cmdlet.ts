/** Wires cmdlets, and the commands that speak to a server, to the data folder of this machine. */
import { join } from 'node:path'
import type { PlaceOptions } from '#cli/place.ts'
import { chosenDataFolder } from './configuration/chosen-data-folder.ts'

/** Options that stand before the name of a cmdlet. */
export interface Leading {
  readonly server: string | undefined
  readonly data: string | undefined
  readonly config: string | undefined
  /** What follows them. */
  readonly rest: readonly string[]
}

export function leadingOptions(words: readonly string[]): Leading {
  const named: { [name: string]: string | undefined } = {}
  let at = 0
  for (; at < words.length; at++) {
    const match = /^--(server|data|config)(?:=(.*))?$/s.exec(words[at]!)
    if (!match) break
    named[match[1]!] = match[2] ?? words[++at]
  }
  return { server: named['server'], data: named['data'], config: named['config'], rest: words.slice(at) }
}

export async function placeOptions({ server, data, config }: Omit<Leading, 'rest'>): Promise<PlaceOptions> {
  const dataFolder = await chosenDataFolder({ data, config })
  return { server, namesDataFolder: data !== undefined, dataFolder, socket: join(dataFolder, 'run', 'api.sock') }
}

/** Answers the exit code; null when the words name no cmdlet. */
export async function runIfCmdlet({ rest: [word, ...words], ...leading }: Leading): Promise<number | null> {
  if (word === undefined || !/^[A-Za-z]+-[A-Za-z]+$/.test(word)) return null
  const { isCmdletName, runCmdletNamed } = await import('#cli/run-cmdlet-named.ts')
  if (!isCmdletName(word)) return null
  return runCmdletNamed(word, words, {
    place: await placeOptions(leading),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  })
}
