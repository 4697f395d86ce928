/** Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that comes twice is carried out once. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Fault } from '#base/fault.ts'
import type { Principal } from '#contract/calls.ts'
import { takesKey, type Route } from '#contract/routes/route.ts'
import type { Claim, KeptAnswers } from '#migration/kept-answers.ts'
import { callerKey } from './caller-key.ts'
import type { Input } from './read-input.ts'
import { requestFault } from './request-fault.ts'

export interface Outcome {
  readonly answer: unknown
  /** The answer is that of an earlier request. */
  readonly isReplay: boolean
}

interface Keyed {
  readonly route: Route
  readonly principal: Principal
  readonly key: string
  readonly input: Input
}

type Run = (body: unknown, newId: string) => Promise<unknown>

/** A String of RFC 9651 §3.3.3, or the bare word that many clients send. */
const STRING = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"$/
const WORD = /^[\w.~:+/=-]{1,255}$/

/** Null without one, and where a route takes none. Throws IDEMPOTENCY_KEY_INVALID. */
export function keyOf(request: IncomingMessage, route: Route): string | null {
  const given = request.headers['idempotency-key']
  if (typeof given !== 'string' || !takesKey(route)) return null
  const key = STRING.exec(given)?.[1] ?? WORD.exec(given)?.[0]
  if (key !== undefined) return key
  throw requestFault(
    'IDEMPOTENCY_KEY_INVALID',
    'the Idempotency-Key is empty, longer than 255 characters, given twice, or holds what it may not',
    'Send one text of 1 to 255 characters in quotes, such as a new UUID for each request that is not a repetition.',
  )
}

/** Runs the use case unless it has been run for this key. */
export async function once(kept: KeptAnswers, { route, principal, key, input }: Keyed, run: Run): Promise<Outcome> {
  const caller = callerKey(principal)
  const body = route.bodyType === 'csv' ? hashed(input.body as AsyncIterable<Uint8Array>) : null
  const fingerprint = (digest: string | null) =>
    sha256(JSON.stringify([route.name, input.params, input.query, digest ?? input.body ?? null]))
  const begun = await kept.begin({ caller, key, fingerprint: body ? null : fingerprint(null) })
  if (begun.state === 'running') throw stillRunning(begun.waitMs)
  if (begun.state === 'other') throw usedForAnother()
  if (begun.state === 'kept') {
    if (body && fingerprint(await body.toItsEnd()) !== begun.fingerprint) throw usedForAnother()
    return { answer: begun.answer, isReplay: true }
  }
  const { claim } = begun
  const answer = await attempt(claim, () => run(body ? body.chunks : input.body, claim.id))
  await claim.keep(fingerprint(body ? await body.toItsEnd() : null), answer ?? null)
  return { answer, isReplay: false }
}

async function attempt(claim: Claim, run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run()
  } catch (thrown) {
    const isRefusal = thrown instanceof Fault && thrown.scope === 'request'
    // What went wrong is said; a key that cannot be given back is free when its lease ends.
    await (isRefusal ? claim.forget() : claim.release()).catch(() => undefined)
    throw thrown
  }
}

/** The chunks as they come, and their digest when all have come. */
function hashed(chunks: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256')
  const passing = (async function* () {
    for await (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  })()
  return {
    chunks: passing as AsyncIterable<Uint8Array>,
    async toItsEnd(): Promise<string> {
      for await (const _ of passing);
      return hash.digest('hex')
    },
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const stillRunning = (waitMs: number): Fault =>
  requestFault(
    'IDEMPOTENCY_KEY_IN_USE',
    'the first request with this Idempotency-Key is still at work',
    'Ask again in a moment: its answer is given then.',
    { waitMs, transient: true },
  )

const usedForAnother = (): Fault =>
  requestFault(
    'IDEMPOTENCY_KEY_REUSED',
    'this Idempotency-Key was used for another request',
    'Use a new key for each request, and the same key only for the same request.',
  )
