/** Reads messages of the source for their digests alone: for copies whose intent could not know them, and for adoption. */
import { canonical } from '#mail/canonical.ts'
import { fingerprint } from '#mail/fingerprint.ts'
import { type Runs, runsOf } from '#base/uid-set.ts'
import type { SourceReader } from '../ports.ts'
import { digestOf } from './look.ts'
import type { Wanted } from './match.ts'

const AT_ONCE = 100

/** Digests of the messages that still exist, ascending by UID. The folder must be open on `reader`. */
export async function sourceDigests(
  reader: SourceReader,
  uids: Runs,
  form: 'raw' | 'canonical' = 'raw',
): Promise<Wanted[]> {
  const found: Wanted[] = []
  for (const some of chunked(uids, AT_ONCE)) {
    for await (const message of reader.fetch(some)) {
      if (message.body === null) continue
      const { digest, bytes } = await digestOf(form === 'raw' ? message.body : canonical(message.body))
      found.push({ uid: message.uid, bytes, dateS: message.dateS, digest })
    }
  }
  return found.sort((a, b) => a.uid - b.uid)
}

/** Fingerprints by UID of the messages that still exist. The folder must be open on `reader`. */
export async function sourceFingerprints(reader: SourceReader, uids: Runs): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (const some of chunked(uids, AT_ONCE)) {
    for await (const message of reader.fetch(some)) {
      if (message.body !== null) found.set(message.uid, (await fingerprint(message.body)).key)
    }
  }
  return found
}

/** Splits a set so that no part names more than `most` UIDs. */
export function* chunked(runs: Runs, most: number): Generator<Runs> {
  let part: number[] = []
  for (const [first, last] of runs) {
    for (let uid = first; uid <= last; uid++) {
      part.push(uid)
      if (part.length === most) {
        yield runsOf(part)
        part = []
      }
    }
  }
  if (part.length > 0) yield runsOf(part)
}
