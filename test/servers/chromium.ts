/** The Chromium of the distribution, steered by Playwright. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { libraryPath, unpackedServer } from './packages.ts'

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell', '/usr/bin/chromium-browser']

interface Program {
  readonly program: string
  readonly env: Readonly<Record<string, string>>
}

export function findChromium(): Program | null {
  const installed = INSTALLED.find((path) => existsSync(path))
  if (installed !== undefined) return { program: installed, env: {} }
  const tree = unpackedServer('chromium')
  if (tree === null) return null
  return {
    program: join(tree, 'usr/lib/chromium/chromium-headless-shell'),
    env: { LD_LIBRARY_PATH: libraryPath(tree) },
  }
}

/** For `skip`: false where there is one. */
export const noChromium = (): string | false => (findChromium() === null ? 'no Chromium on this machine' : false)

/** Without a screen, with its profile below `home`. */
export async function launchChromium(home: string): Promise<Browser> {
  const found = findChromium()
  if (found === null) throw new Error('no Chromium on this machine')
  return chromium.launch({
    executablePath: found.program,
    env: { ...process.env, ...found.env, HOME: home },
    // Root has no user namespace to be shut in; the pages are our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
}
