/**
 * Sign-ins in the audit log: each that succeeds, and of those that are refused so many in ten minutes. What is more is
 * counted and told in one entry, for whoever guesses passwords must not fill the disk.
 */
import type { Log } from '#base/log.ts'
import { asFault } from '#base/fault.ts'
import { addServiceAct } from '#store/service/service-acts.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { SignInOutcome } from '../administrator/deps.ts'
import { signInRefused } from '../administrator/sign-in.ts'

const WINDOW_MS = 600_000
const MOST_REFUSED = 30
/** Of a flood so many addresses and names are remembered until its entry is written. */
const MOST_NAMED = 1_000

export const SIGN_IN = 'Sign-In'
/** Who was let in by nobody. */
const ANONYMOUS = 'anonymous'

export interface SignInRecord extends AsyncDisposable {
  /** Returns at once; the entry follows. */
  readonly told: (outcome: SignInOutcome) => void
}

export function recordSignIns(
  { store, log }: { readonly store: ServiceStore; readonly log: Log },
  { windowMs = WINDOW_MS, mostRefused = MOST_REFUSED } = {},
): SignInRecord {
  let writing: Promise<void> = Promise.resolve()
  let window: Window | null = null
  const write = (act: Parameters<typeof addServiceAct>[1], failure: unknown = null) => {
    writing = writing.then(async () => {
      try {
        await store.retrying(() => addServiceAct(store.pool, act, failure))
      } catch (thrown) {
        log.error('a sign-in is not in the audit log', { code: asFault(thrown).code })
      }
    })
  }
  const closeWindow = () => {
    if (window === null) return
    clearTimeout(window.timer)
    const { count, addresses, names } = window
    window = null
    if (count <= mostRefused) return
    const parameters = { refusedSignIns: count - mostRefused, addresses: [...addresses], administrators: [...names] }
    write({ cmdlet: SIGN_IN, object: '', caller: ANONYMOUS, via: 'Session', parameters }, signInRefused())
  }
  return {
    told({ outcome, means, administrator, address: clientAddress, failure = signInRefused() }) {
      const { id: objectGuid = null, name: object = '' } = administrator ?? {}
      const act = { cmdlet: SIGN_IN, object, objectGuid, via: 'Session', clientAddress, parameters: { means } } as const
      if (outcome === 'SignedIn') return write({ ...act, caller: object })
      window ??= openWindow(windowMs, closeWindow)
      if (++window.count <= mostRefused) return write({ ...act, caller: ANONYMOUS }, failure)
      if (window.addresses.size < MOST_NAMED && clientAddress !== null) window.addresses.add(clientAddress)
      if (window.names.size < MOST_NAMED && object !== '') window.names.add(object)
    },
    async [Symbol.asyncDispose]() {
      closeWindow()
      await writing
    },
  }
}

interface Window {
  count: number
  readonly addresses: Set<string>
  readonly names: Set<string>
  readonly timer: NodeJS.Timeout
}

const openWindow = (ms: number, close: () => void): Window => ({
  count: 0,
  addresses: new Set(),
  names: new Set(),
  timer: setTimeout(close, ms).unref(),
})
