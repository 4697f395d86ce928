/** Every address of the admin center, so that a page that is added later is walked, too. */
import assert from 'node:assert/strict'
import { type PathName, paths } from '../../web/src/paths.ts'

export const NAMES = Object.keys(paths) as PathName[]

/**
 * Begins with a slash.
 * @param there what there is, by the names of the parameters of paths.ts
 * @throws where paths.ts has a parameter that is not in `there` yet
 */
export function addressOf(name: PathName, there: Readonly<Record<string, string>>): string {
  const address: (...parts: string[]) => string = paths[name]
  const parameters = /^\(?([^)=]*?)\)?\s*=>/
    .exec(address.toString())![1]!
    .split(',')
    .map((one) => one.trim())
  return address(
    ...parameters.filter((one) => one !== '').map((one) => there[one] ?? assert.fail(`${name}: which ${one}?`)),
  )
}
