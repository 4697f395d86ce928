import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where `npm test` unpacks servers (scripts/servers.mjs): root's place first, which everyone may read. */
const caches = ['/var/cache/waybill-test', join(import.meta.dirname, '../../node_modules/.cache/waybill/servers')]

/** The folder that the packages of `name` are unpacked in; null when they are not. */
export function unpackedServer(name: 'cyrus' | 'courier' | 'postgres' | 'chasquid' | 'chromium'): string | null {
  return caches.map((cache) => join(cache, name)).find((folder) => existsSync(join(folder, '.complete'))) ?? null
}

/** LD_LIBRARY_PATH for programs of an unpacked server. */
export function libraryPath(folder: string): string {
  const libraries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.so(\.\d+)*$/.test(name),
  )
  return [...new Set(libraries.map((name) => join(folder, name, '..')))].join(':')
}

/** Who runs a server that refuses root: nobody, where we are root; else ourselves. */
export function ordinaryUser(): { uid: number; gid: number; name: string | null } {
  const uid = process.getuid?.() ?? 0
  return uid === 0 ? { uid: 65_534, gid: 65_534, name: 'nobody' } : { uid, gid: process.getgid?.() ?? uid, name: null }
}
