/** All declarations at once: for completion and for the manual. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cmdlet } from './cmdlet/declare.ts'
import { manualPages } from './cmdlet/manual.ts'
import { CMDLETS } from './cmdlets/all.ts'

export const everyCmdlet = (): Promise<Cmdlet[]> => Promise.all(Object.values(CMDLETS).map((load) => load()))

/** Pages of cmdlets that are no more go. */
export async function writeManual(folder: string): Promise<void> {
  const pages = manualPages(await everyCmdlet())
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (/^[A-Z][a-zA-Z]+-[A-Za-z]+\.md$/.test(name) && !pages.has(name)) await rm(join(folder, name))
  }
  for (const [name, text] of pages) await writeFile(join(folder, name), text)
}
