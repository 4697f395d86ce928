/** Reads both sides with the tests' own client and file reader, which share no code with Waybill, and compares them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compare } from '#test/worlds/compare.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import type { SeedUser } from '#test/worlds/seeds.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import type { Snapshot } from '#test/worlds/snapshot.ts'
import type { DemoSource } from './source.ts'

interface FolderLine {
  readonly kind: string
  readonly source: readonly string[]
  readonly target: readonly string[] | null
}

export interface Compared {
  readonly messages: number
  readonly folders: number
  /** One sentence each. */
  readonly differences: readonly string[]
}

/** `mostBytes`: larger messages are not expected on the target. The waybill says which folder went where. */
export async function compareMail(
  source: DemoSource,
  user: SeedUser,
  maildir: string,
  waybill: string,
  mostBytes: number,
): Promise<Compared> {
  const { host, tlsPort: port } = source
  const before = await snapshot({ host, port, tls: true, user: user.email, password: user.password })
  const after = readMaildir(join(maildir, user.email), true)
  const went = new Map(
    readFileSync(waybill, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => {
        const parsed: unknown = JSON.parse(line)
        return isFolderLine(parsed) ? [parsed] : []
      })
      .map(({ source: from, target }) => [from.join('/'), target?.join('/') ?? null]),
  )
  return {
    messages: [...after.folders.values()].reduce((sum, messages) => sum + messages.length, 0),
    folders: before.folders.size,
    differences: compare(withPlainDates(before), withPlainDates(after), {
      mapFolder: (name) => went.get(name) ?? name,
      excluded: ({ size }) => size > mostBytes,
    }),
  }
}

/** Dovecot keeps 32 bits of a date, and tells one before 1970 as itself or, out of its cache, as one in 2105. */
const withPlainDates = ({ folders, subscriptions }: Snapshot): Snapshot => ({
  subscriptions,
  folders: new Map(
    [...folders].map(([name, messages]) => [
      name,
      messages.map((message) => ({
        ...message,
        internalDate: message.internalDate >= 2 ** 31 ? message.internalDate - 2 ** 32 : message.internalDate,
      })),
    ]),
  ),
})

const isFolderLine = (value: unknown): value is FolderLine =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'folder'
