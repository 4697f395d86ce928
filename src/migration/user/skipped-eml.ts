/** A skipped message as a file, read from the source while it is still there. */
import { badValue, notFound } from '#base/request-faults.ts'
import { Fault } from '#base/fault.ts'
import type { Call, EmlFile } from '#contract/calls.ts'
import type { getSkippedItemEml as Route } from '#contract/routes/users.ts'
import { runsOf } from '#base/uid-set.ts'
import type { MailSource } from '#engine/ports.ts'
import { type SkippedItemRow, findSkipped } from '#store/service/skipped-items.ts'
import { readPassWork } from '#store/service/pass-work.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { type OpenDeps, endpointSource } from '../endpoint/endpoint-source.ts'
import { userNamed } from './find.ts'

/** It passes through memory. */
const MOST_BYTES = 150 * 1_048_576

export async function getSkippedItemEml(
  { store, secrets, opening }: ServiceDeps & { readonly opening: OpenDeps },
  { params, query }: Pick<Call<typeof Route>, 'params' | 'query'>,
): Promise<EmlFile> {
  const found = await userNamed(store, params.identity, query.batch)
  const match = /^(\d{1,15})-(\d{1,10})$/.exec(params.item)
  const item =
    match && found.mailbox_id !== null
      ? await findSkipped(store, found.mailbox_id, Number(match[1]), Number(match[2]))
      : null
  const work = await readPassWork(store, found.id)
  if (!item || !work) throw notFound('skipped item', params.item)
  if (item.bytes > MOST_BYTES) {
    throw badValue('item', `is larger than ${MOST_BYTES / 1_048_576} MB`, 'Fetch it with a mail program.')
  }
  const { user, endpoint } = work
  const password = user.password === null ? '' : secrets.open(user.password, place(user.id))
  await using source = await endpointSource(
    endpoint,
    { userName: user.user_name, password, userRoot: user.user_root },
    opening,
  ).open()
  return {
    fileName: `${item.subject.replace(/[^\p{L}\p{N} ._-]/gu, '_').slice(0, 80) || 'message'}.eml`,
    bytes: await read(source, item),
  }
}

const place = (id: string) => ({ table: 'migration_user', id, column: 'password' })

async function read(source: MailSource, item: SkippedItemRow): Promise<Uint8Array> {
  const path = JSON.stringify(JSON.parse(item.source_path))
  const folder = (await source.folders()).find((each) => JSON.stringify(each.path) === path)
  if (!folder) throw gone(item)
  await using reader = await source.reader()
  const { validity } = await reader.open(folder)
  // Numbers of another UIDVALIDITY name other messages.
  if (validity !== item.source_validity) throw gone(item)
  for await (const { body } of reader.fetch(runsOf([item.uid]))) {
    if (body === null) continue
    const chunks: Buffer[] = []
    // Copied: what a reader hands out is its own memory.
    for await (const chunk of body) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
  }
  throw gone(item)
}

function gone(item: SkippedItemRow): Fault {
  return new Fault({
    code: 'OBJECT_NOT_FOUND',
    scope: 'request',
    transient: false,
    message: `The source has no longer the message with UID ${item.uid} in the folder ${(JSON.parse(item.source_path) as string[]).join('/')}, or will not give it.`,
    remedy: 'Look for it in the mailbox itself, or in a backup of the source.',
    facts: { uid: item.uid },
  })
}
