/** Waybills for the tests: a key of their own, folders as the ledger would tell them. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signerOf } from '#migration/waybill/signer.ts'
import type { WaybillFolder, WaybillInput, WaybillMessage, WaybillSkip } from '#migration/waybill/write.ts'

export const newSigner = () =>
  signerOf(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())

export const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest()

export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'waybill-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function message(uid: number, text: string, change: Partial<WaybillMessage> = {}): WaybillMessage {
  const digest = sha256(text)
  return {
    uid,
    key: uid,
    bytes: text.length,
    dateS: 1_700_000_000 + uid,
    digest,
    origin: 'sent',
    lostFlags: [],
    ...change,
  }
}

export function skip(uid: number, change: Partial<WaybillSkip> = {}): WaybillSkip {
  const base = {
    uid,
    kind: 'large',
    bytes: 40_000_000,
    dateS: 1_700_000_000,
    subject: 'holiday',
    again: false,
  } as const
  return { ...base, reason: 'larger than 35 MB', ...change }
}

// oxlint-disable-next-line require-await
export async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

export function folder(
  path: readonly string[],
  messages: readonly WaybillMessage[],
  skips: readonly WaybillSkip[] = [],
  change: Partial<WaybillFolder> = {},
): WaybillFolder {
  return {
    source: path,
    target: path,
    sourceValidity: 7,
    targetValidity: 9,
    bytesKept: 'verbatim',
    excludedBy: null,
    counts: { source: messages.length + skips.length, earlier: 0, excluded: 0, vanished: 0, removed: 0 },
    groups: each([{ messages }]),
    skips: each(skips),
    ...change,
  }
}

export function input(folders: WaybillInput['folders'], header: Partial<WaybillInput['header']> = {}): WaybillInput {
  return {
    header: {
      number: 1,
      emailAddress: 'terrya@contoso.example',
      source: { host: 'imap.old.example', port: 993, userName: 'terrya', userRoot: '' },
      target: { kind: 'imap', place: 'imap.new.example:993', login: 'terrya@contoso.example' },
      run: '2026-11-21T03-00-00Z',
      started: '2026-11-21T03:00:00.000Z',
      finished: '2026-11-21T03:01:00.000Z',
      tool: 'waybill 0.1.0',
      complete: true,
      previous: null,
      ...header,
    },
    folders,
  }
}

export const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)
export const writeLines = (path: string, lines: readonly string[]) => writeFileSync(path, `${lines.join('\n')}\n`)
