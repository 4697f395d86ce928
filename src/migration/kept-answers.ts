/**
 * Answers of requests that may come twice (draft-ietf-httpapi-idempotency-key-header). What is promised:
 * - what was answered is answered again for 24 hours, without being done again;
 * - while a request runs, the same key is refused; a crash leaves its key for at most the lease;
 * - the request that comes again after a crash creates under the id that the first one would have used or has used, so
 *   that there is one object, whichever step the crash came in.
 * Refusals are not kept: nothing was done, and what was in the way may be gone the next time.
 */
import { createHash, randomUUID } from 'node:crypto'
import { asFault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import type { Secrets } from '#store/secrets.ts'
import { type KeyRow, answerKey, claimKey, forgetKey, releaseKey, renewKey } from '#store/service/idempotency-keys.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

export interface KeptAnswers {
  begin(request: KeyedRequest): Promise<Begun>
}

export interface KeyedRequest {
  readonly caller: string
  readonly key: string
  /** Of method, path and body; null: the body is still to be read. */
  readonly fingerprint: string | null
}

export type Begun =
  | { readonly state: 'begun'; readonly claim: Claim }
  /** The same key is at work; asking again makes sense after so long. */
  | { readonly state: 'running'; readonly waitMs: number }
  | { readonly state: 'other' }
  | { readonly state: 'kept'; readonly fingerprint: string; readonly answer: unknown }

export interface Claim {
  /** Of what is created. */
  readonly id: string
  keep(fingerprint: string, answer: unknown): Promise<void>
  /** Something may have been done: the next one finds it by its id. */
  release(): Promise<void>
  /** Nothing was done: the key is as if it had never been used. */
  forget(): Promise<void>
}

interface Content {
  readonly fingerprint: string | null
  readonly answer?: unknown
}

/** Long enough for a pause of the process, short for whoever waits after a crash, ms. */
const LEASE_MS = 30_000
/** Whoever waits for an answer that is being made asks again so often, ms. */
const ASK_AGAIN_MS = 2_000

export function keptAnswers(
  { store, secrets, log }: { readonly store: ServiceStore; readonly secrets: Secrets; readonly log: Log },
  leaseMs: number = LEASE_MS,
): KeptAnswers {
  const seal = (key: Buffer, content: Content) => secrets.seal(JSON.stringify(content), place(key))
  const open = ({ key, content }: KeyRow) => JSON.parse(secrets.open(content, place(key))) as Content
  return {
    async begin({ caller, key: sent, fingerprint }) {
      const key = createHash('sha256')
        .update(JSON.stringify([caller, sent]))
        .digest()
      const claim = randomUUID()
      let waitMs = 0
      const fresh = { key, objectId: randomUUID(), claim, content: seal(key, { fingerprint }), leaseMs }
      const row = await claimKey(store, fresh, (there) => {
        waitMs = there.left_ms
        return !there.is_answered && there.left_ms <= 0 && fits(open(there).fingerprint, fingerprint)
      })
      if (row.claim === claim) return { state: 'begun', claim: holding(key, row) }
      const { fingerprint: first, answer } = open(row)
      if (!fits(first, fingerprint)) return { state: 'other' }
      if (row.is_answered) return { state: 'kept', fingerprint: first ?? '', answer }
      return { state: 'running', waitMs: Math.min(Math.max(waitMs, 0), ASK_AGAIN_MS) }
    },
  }

  function holding(key: Buffer, { claim, object_id: id }: KeyRow): Claim {
    const renewing = setInterval(() => {
      // The next one may succeed; if none does, the claim goes to whoever asks next.
      renewKey(store, key, claim, leaseMs).catch((thrown: unknown) =>
        log.warn('the claim of an idempotency key was not renewed', { code: asFault(thrown).code }),
      )
    }, leaseMs / 3)
    renewing.unref()
    const ended = async (work: () => Promise<void>) => {
      clearInterval(renewing)
      await work()
    }
    return {
      id,
      keep: (fingerprint, answer) => ended(() => answerKey(store, key, claim, seal(key, { fingerprint, answer }))),
      release: () => ended(() => releaseKey(store, key, claim)),
      forget: () => ended(() => forgetKey(store, key, claim)),
    }
  }
}

const place = (key: Buffer) => ({ table: 'idempotency_key', id: key.toString('hex'), column: 'content' })

/** What is not known of a stream that has not been read may still fit. */
const fits = (first: string | null, now: string | null) => first === null || now === null || first === now
