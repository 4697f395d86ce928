import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a folder and those above it that are missing. Node's own `recursive` never returns where none can be made (/proc). */
export function makeFolders(path: string, mode: number): void {
  if (existsSync(path)) return
  if (dirname(path) !== path) makeFolders(dirname(path), mode)
  mkdirSync(path, { mode })
}
