/**
 * The waybills of a user. Their files lie where the pass ran; this machine's are handed out, and nothing else is: a file
 * below the folder of reports, of a waybill's name, whose bytes are those that were sealed.
 */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { basename, sep } from 'node:path'
import { Fault } from '#base/fault.ts'
import { notFound } from '#base/request-faults.ts'
import type { Answer, Call, TextFile } from '#contract/calls.ts'
import type { getUserWaybill as One, listUserWaybills as List } from '#contract/routes/users.ts'
import type { UserWaybill } from '#contract/user.ts'
import {
  type UserWaybillRow,
  countUserWaybills,
  findUserWaybill,
  listUserWaybills as readWaybills,
} from '#store/service/user-waybills.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { badCursor, cutPage, readNumbers } from '../page.ts'
import { isWaybillFileName } from '../waybill/file-name.ts'
import { userNamed } from './find.ts'

export interface WaybillDeps extends ServiceDeps {
  /** `<data>/reports` of this machine. */
  readonly reports: string
}

export async function listUserWaybills(
  { store, reports }: WaybillDeps,
  { params, query }: Pick<Call<typeof List>, 'params' | 'query'>,
): Promise<Answer<typeof List>> {
  const user = await userNamed(store, params.identity, query.batch)
  const before = readNumbers(query.cursor)
  // As many digits as the column of its number holds.
  if (before !== null && before[0] > 999_999_999) throw badCursor()
  if (user.mailbox_id === null) return { items: [], nextCursor: null, total: 0 }
  const rows = await readWaybills(store, user.mailbox_id, before?.[0] ?? null, query.limit + 1)
  const { page, nextCursor } = cutPage(rows, query.limit, ({ number }) => [number, 0])
  return {
    items: await Promise.all(page.map((row) => showWaybill(reports, row))),
    nextCursor,
    total: await countUserWaybills(store, user.mailbox_id),
  }
}

export async function showWaybill(reports: string, row: UserWaybillRow): Promise<UserWaybill> {
  return {
    number: row.number,
    fileName: row.name,
    sealedAt: row.sealed_at.toISOString(),
    sealedBy: row.sealed_by ?? '',
    sha256: row.sha256.toString('hex'),
    host: row.host ?? '',
    path: row.path ?? '',
    isHere: (await pathHere(reports, row)) !== null,
  }
}

export async function getUserWaybill(
  { store, reports }: WaybillDeps,
  { params, query }: Pick<Call<typeof One>, 'params' | 'query'>,
): Promise<TextFile> {
  const user = await userNamed(store, params.identity, query.batch)
  const row = user.mailbox_id === null ? null : await findUserWaybill(store, user.mailbox_id, Number(params.number))
  if (!row) throw notFound('waybill', params.number)
  return { fileName: row.name, text: textOf(reports, row) }
}

/** Throws before its first piece what keeps the file from being handed out. */
async function* textOf(reports: string, row: UserWaybillRow): AsyncGenerator<string> {
  const path = await pathHere(reports, row)
  if (path === null) throw elsewhere(row)
  const file = await openHere(path, row)
  try {
    const hash = createHash('sha256')
    for await (const chunk of chunks(file)) hash.update(chunk)
    if (!hash.digest().equals(row.sha256)) throw changed(row)
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    for await (const chunk of chunks(file)) yield decoder.decode(chunk, { stream: true })
  } finally {
    await file.close()
  }
}

/** The real path of the file, if it is one that we may hand out; null where it lies on another machine, or nowhere. */
async function pathHere(reports: string, { path, name }: UserWaybillRow): Promise<string | null> {
  if (path === null || basename(path) !== name || !isWaybillFileName(name)) return null
  try {
    const [real, root] = await Promise.all([realpath(path), realpath(reports)])
    return real.startsWith(root + sep) && basename(real) === name ? real : null
  } catch {
    return null
  }
}

async function openHere(path: string, row: UserWaybillRow): Promise<FileHandle> {
  let file: FileHandle
  try {
    // Not a link that was put there since the path was looked at, and no pipe that one waits for.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    throw elsewhere(row)
  }
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw elsewhere(row)
}

const CHUNK_BYTES = 262_144

/** From its beginning; reading twice reads the same file. */
async function* chunks(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

function elsewhere({ name, host, path }: UserWaybillRow): Fault {
  return new Fault({
    code: 'WAYBILL_ELSEWHERE',
    scope: 'request',
    transient: false,
    message: `The waybill ${name} does not lie with the reports of this service, but ${host ? `on the machine ${host}` : 'on the machine that ran the pass'}${path ? ` as ${path}` : ''}.`,
    remedy: 'Copy it from there; waybill verify checks it wherever it lies.',
    facts: { name, host },
  })
}

function changed({ name, path }: UserWaybillRow): Fault {
  return new Fault({
    code: 'WAYBILL_CHANGED',
    scope: 'request',
    transient: false,
    message: `The file ${path} is not the waybill ${name} as it was sealed.`,
    remedy: 'Take it from a backup of the data folder, and find out who has changed it.',
    facts: { name },
  })
}
