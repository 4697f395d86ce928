/** Removes a temporary folder, with the socket folders and uids of the data folders in it, which lie outside. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { instanceHash, RUN } from '#store/embedded/socket-folder.ts'
import { claims } from '#store/embedded/uid-claims.ts'

export function removeFolder(path: string): void {
  const within = (folder: string | null) => folder === path || folder?.startsWith(`${path}/`) === true
  const folders = dataFolders(path, 3)
  if (process.getuid?.() === 0 && existsSync(RUN)) {
    for (const [uid, folder] of claims(RUN)) {
      if (!within(folder)) continue
      folders.push(folder!)
      rmSync(join(RUN, `uid-${uid}`), { force: true })
    }
  }
  rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  for (const hash of folders.map(instanceHash)) {
    for (const socket of [join(RUN, hash), `/tmp/waybill-${hash}`]) rmSync(socket, { recursive: true, force: true })
  }
}

function dataFolders(path: string, depth: number): string[] {
  if (!existsSync(path)) return []
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  if (entries.some(({ name }) => name === 'postgres-bin')) return [path]
  return depth === 0 ? [] : entries.flatMap(({ name }) => dataFolders(join(path, name), depth - 1))
}
