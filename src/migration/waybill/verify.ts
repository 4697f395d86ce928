/** Checks one waybill and those before it that lie beside it: chain, seal, counts. Says which line is wrong. */
import { verify as verifySignature } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault } from '#base/fault.ts'
import { errno } from '#store/fs-faults.ts'
import { fingerprintOf, readPublicKey, sealedText } from './chain.ts'
import { CountsCheck } from './counts-check.ts'
import type { FolderCheck } from './counts-check.ts'
import { isWaybillFileName } from './file-name.ts'
import type { Counts, HeaderLine } from './format.ts'
import { Broken, readWaybill } from './read.ts'
import type { BreakCode, SealRead } from './read.ts'

export interface TrustOptions {
  /** The one that the seal must have, as printed by the instance that wrote it; `SHA256:` may be left out. */
  readonly fingerprint?: string | undefined
  /** Of this instance's keys, present and past. */
  readonly knownFingerprints?: readonly string[]
  /** Accept the key that the file itself holds: then only integrity is checked, not who sealed it. */
  readonly trustEmbedded?: boolean
}

export type ProblemCode =
  | BreakCode
  | 'COUNTS_WRONG'
  | 'FINGERPRINT_WRONG'
  | 'SIGNATURE_WRONG'
  | 'KEY_UNKNOWN'
  | 'PREVIOUS_WRONG'

export interface WaybillProblem {
  readonly code: ProblemCode
  /** Name of the file it is in. */
  readonly file: string
  /** From 1; null when it concerns the file as a whole. */
  readonly line: number | null
  readonly message: string
}

export interface FileCheck {
  readonly file: string
  readonly header: HeaderLine | null
  readonly folders: readonly FolderCheck[]
  readonly totals: Counts | null
  /** Lines that were read. */
  readonly lines: number
  /** Of the key in the seal; null when the file has none that can be read. */
  readonly fingerprint: string | null
  /** Last chain value, hex; null when the file is broken. */
  readonly chain: string | null
}

export interface WaybillCheck extends FileCheck {
  /** No problem in this file nor in the earlier ones that were checked. */
  readonly ok: boolean
  /** On what the trust in the seal rests; `integrity-only` says nothing about who sealed it. */
  readonly trust: 'given' | 'known' | 'integrity-only' | 'none'
  readonly problems: readonly WaybillProblem[]
  /** Earlier waybills, newest first, that lay beside and were checked. */
  readonly earlier: readonly FileCheck[]
  /** The earlier one at which checking ended because it is not beside this file; null when the first was reached. */
  readonly absent: string | null
}

/**
 * Checks the file at `path`. What is wrong with it is in the answer; throws Fault WAYBILL_UNREADABLE only when it
 * cannot be read at all. Memory is bounded by the number of folders, not of messages.
 */
export async function verifyWaybill(path: string, options: TrustOptions = {}): Promise<WaybillCheck> {
  const problems: WaybillProblem[] = []
  const first = await checkFile(path, options, problems)
  const earlier: FileCheck[] = []
  let absent: string | null = null
  for (let last = first; last.header?.previous && last.chain !== null;) {
    const wrong = (message: string) => problems.push({ code: 'PREVIOUS_WRONG', file: last.file, line: 1, message })
    const { file, chain } = last.header.previous
    // The name comes from the file: it must not lead out of the folder.
    if (!isWaybillFileName(file)) {
      wrong('it names an earlier waybill by what is no name of a waybill file')
      break
    }
    let before: FileCheck
    try {
      before = await checkFile(await findEarlier(path, file, chain, options), options, problems)
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.facts['errno'] !== 'ENOENT') throw thrown
      absent = file
      break
    }
    earlier.push(before)
    if (before.chain === null) break
    if (before.chain !== chain) wrong(`it names ${file} with another last chain value than that file has`)
    if (!sameMailbox(before.header, last.header)) wrong(`it names ${file}, which is of another mailbox`)
    // Numbers that fall end every walk, also one through files that name each other.
    if (before.header === null || before.header.number >= last.header.number) {
      wrong(`it names ${file}, whose number is not lower than its own`)
      break
    }
    last = before
  }
  const ok = problems.length === 0
  return { ...first, ok, trust: ok ? trustOf(first.fingerprint, options) : 'none', problems, earlier, absent }
}

/**
 * Beside the later file; else, as each run has a folder for its reports, in one of the folders beside that folder: there
 * only a file with the chain that is looked for is the one, for others may have its name.
 */
async function findEarlier(later: string, file: string, chain: string, options: TrustOptions): Promise<string> {
  const beside = join(dirname(later), file)
  if (existsSync(beside)) return beside
  const runs = dirname(dirname(resolve(later)))
  const folders = await readdir(runs).catch(() => [])
  for (const path of folders.map((folder) => join(runs, folder, file)).filter((each) => existsSync(each))) {
    if ((await checkFile(path, options, []).catch(() => null))?.chain === chain) return path
  }
  return beside
}

async function checkFile(path: string, options: TrustOptions, problems: WaybillProblem[]): Promise<FileCheck> {
  const file = basename(path)
  const note = (code: ProblemCode, line: number | null, message: string) => problems.push({ code, file, line, message })
  const counts = new CountsCheck((line, message) => note('COUNTS_WRONG', line, message))
  let lines = 0
  let seal: SealRead | null = null
  let broken = false
  try {
    for await (const batch of readWaybill(path)) {
      for (const { number, line } of batch) {
        lines = number
        if (line.kind === 'seal') {
          seal = line
          counts.end(number)
        } else {
          counts.take(number, line)
        }
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw unreadable(path, thrown)
    broken = true
    note(thrown.code, thrown.line, thrown.message)
  }
  const { header, folders, totals } = counts
  const fingerprint = seal && !broken ? checkSeal(seal, lines, options, note) : null
  const chain = seal && !broken ? seal.chain.toString('hex') : null
  return { file, header, folders, totals, lines, fingerprint, chain }
}

/** Answers the fingerprint of the embedded key. */
function checkSeal(
  seal: SealRead,
  line: number,
  options: TrustOptions,
  note: (code: ProblemCode, line: number | null, message: string) => void,
): string | null {
  const key = readPublicKey(seal.publicKey)
  if (key === null) {
    note('SIGNATURE_WRONG', line, 'the seal holds no readable Ed25519 public key')
    return null
  }
  const fingerprint = fingerprintOf(key)
  if (!verifySignature(null, sealedText(seal.chain), key, seal.signature)) {
    note('SIGNATURE_WRONG', line, 'the signature does not fit the file and the key in the seal')
  } else if (seal.fingerprint !== fingerprint) {
    note('FINGERPRINT_WRONG', line, `the seal claims the fingerprint of another key; its key has ${fingerprint}`)
  } else if (trustOf(fingerprint, options) === 'none') {
    const said =
      options.fingerprint === undefined
        ? 'which is not known here: give --fingerprint with the one that the writing instance shows, or --trust-embedded to check integrity only'
        : `and not with ${normal(options.fingerprint)}, which was asked for`
    note('KEY_UNKNOWN', line, `the file is sealed with the key ${fingerprint}, ${said}`)
  }
  return fingerprint
}

function trustOf(fingerprint: string | null, options: TrustOptions): WaybillCheck['trust'] {
  if (fingerprint === null) return 'none'
  // A fingerprint that was given is a demand: no known key and no trust in the file itself replaces it.
  if (options.fingerprint !== undefined) return normal(options.fingerprint) === fingerprint ? 'given' : 'none'
  if (options.knownFingerprints?.some((known) => normal(known) === fingerprint)) return 'known'
  return options.trustEmbedded === true ? 'integrity-only' : 'none'
}

function normal(fingerprint: string): string {
  return `SHA256:${fingerprint.trim().replace(/^SHA256:/i, '')}`
}

function sameMailbox(a: HeaderLine | null, b: HeaderLine): boolean {
  return a !== null && JSON.stringify([a.source, a.target]) === JSON.stringify([b.source, b.target])
}

/** Fault WAYBILL_UNREADABLE, with what was said. */
export function unreadable(path: string, thrown: unknown): Fault {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  return new Fault({
    code: 'WAYBILL_UNREADABLE',
    scope: 'request',
    transient: false,
    message: `the waybill ${path} cannot be read: ${said}`,
    remedy: 'Give the path of a *.waybill.jsonl file that this user may read.',
    facts: { path, errno: errno(thrown) },
    cause: thrown,
  })
}
