/** Wires cmdlets, and the commands that speak to a server, to the data folder of this machine. */
import { join } from 'node:path'
import type { PlaceOptions } from '#cli/place.ts'
import { resolveDataFolder } from '#store/data-folder.ts'

/** Options that stand before the name of a cmdlet. */
export interface Leading {
  readonly server: string | undefined
  readonly data: string | undefined
  /** What follows them. */
  readonly rest: readonly string[]
}

export function leadingOptions(words: readonly string[]): Leading {
  let [server, data]: (string | undefined)[] = []
  let at = 0
  for (; at < words.length; at++) {
    const match = /^--(server|data)(?:=(.*))?$/s.exec(words[at]!)
    if (!match) break
    const value = match[2] ?? words[++at]
    if (match[1] === 'server') server = value
    else data = value
  }
  return { server, data, rest: words.slice(at) }
}

export function placeOptions({ server, data }: Pick<Leading, 'server' | 'data'>): PlaceOptions {
  const dataFolder = resolveDataFolder(data)
  return { server, namesDataFolder: data !== undefined, dataFolder, socket: join(dataFolder, 'run', 'api.sock') }
}

/** Answers the exit code; null when the words name no cmdlet. */
export async function runIfCmdlet({ rest: [word, ...words], ...leading }: Leading): Promise<number | null> {
  if (word === undefined || !/^[A-Za-z]+-[A-Za-z]+$/.test(word)) return null
  const { isCmdletName, runCmdletNamed } = await import('#cli/run-cmdlet-named.ts')
  if (!isCmdletName(word)) return null
  return runCmdletNamed(word, words, {
    place: placeOptions(leading),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  })
}
