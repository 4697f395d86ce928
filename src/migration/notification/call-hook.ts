/** Calls the notification hook once. */
import { Fault } from '#base/fault.ts'
import { Peer, checkedAddresses, type OutgoingRules } from '#mailbox/imap/reach.ts'
import { checkedRequest, hostOf, portOf } from '../checked-request.ts'
import { hookHeaders } from './hook-rules.ts'

export interface HookCall {
  readonly url: string
  readonly secret: string
  /** The same for each attempt, so that a receiver can tell a repetition. */
  readonly id: string
  readonly body: string
}

const DEADLINE_MS = 10_000

/** Answers what came back, in words. @throws Fault HOOK_FAILED, ADDRESS_REFUSED */
export async function callHook(
  { url: text, secret, id, body }: HookCall,
  outgoing: OutgoingRules,
  deadlineMs = DEADLINE_MS,
): Promise<string> {
  const url = new URL(text)
  const peer = new Peer({ host: hostOf(url), port: portOf(url), username: '', secrets: [secret] })
  const began = performance.now()
  const [address] = await checkedAddresses(peer, outgoing, deadlineMs)
  const left = Math.max(1, Math.round(deadlineMs - (performance.now() - began)))
  const status = await post(url, address!, secret, id, body, left).catch((thrown: unknown) => {
    throw failed(url, said(peer, thrown, deadlineMs))
  })
  if (status >= 200 && status < 300) return `${url.origin} answered ${status}.`
  throw failed(
    url,
    status >= 300 && status < 400 ? `it answered ${status}, and redirects are not followed` : `it answered ${status}`,
  )
}

function said(peer: Peer, thrown: unknown, deadlineMs: number): string {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return `no answer for ${deadlineMs / 1000} s`
  const { code = '', message = '' } = thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : {}
  return peer.words(message || code)
}

/** The status of the answer; its body is not read. */
async function post(url: URL, address: string, secret: string, id: string, body: string, ms: number): Promise<number> {
  const signed = hookHeaders(secret, id, Math.floor(Date.now() / 1000), body)
  const headers = { 'content-type': 'application/json', ...signed }
  const answer = await checkedRequest(url, address, { method: 'POST', headers, body, signal: AbortSignal.timeout(ms) })
  answer.destroy()
  return answer.statusCode ?? 0
}

const failed = ({ origin }: URL, why: string): Fault =>
  new Fault({
    code: 'HOOK_FAILED',
    scope: 'endpoint',
    transient: true,
    message: `The notification hook at ${origin} could not be called: ${why}.`,
    remedy: 'Check the URL, and that it answers a POST with a status from 200 to 299 within 10 s.',
    facts: { origin },
  })
