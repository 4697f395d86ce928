/** What a notification hook may be, and how it is signed (Standard Webhooks 1.0). */
import { createHmac } from 'node:crypto'
import { badValue } from '#base/request-faults.ts'
import { isLoopbackAddress } from '#mailbox/imap/reach.ts'
import { hostOf } from '../checked-request.ts'

/** Over http anybody in between reads what is told: to this machine only. @throws Fault VALUE_INVALID */
export function checkHookUrl(text: string): URL {
  const remedy = 'Give a URL such as https://hooks.contoso.com/waybill.'
  if (!URL.canParse(text)) throw badValue('hookUrl', 'is not a URL', remedy)
  const url = new URL(text)
  const host = hostOf(url)
  const isHere = host === 'localhost' || isLoopbackAddress(host)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    throw badValue('hookUrl', 'must begin with https://, unless it is on this machine', remedy)
  if (url.username !== '' || url.password !== '')
    throw badValue('hookUrl', 'may not hold a user name or a password', 'The call is signed with hookSecret instead.')
  return url
}

const FEWEST_BYTES = 24
const MOST_BYTES = 64

/** The key of a secret. @throws Fault VALUE_INVALID */
export function hookKey(secret: string): Buffer {
  const [, text] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  const key = Buffer.from(text ?? '', 'base64')
  if (key.length >= FEWEST_BYTES && key.length <= MOST_BYTES) return key
  throw badValue(
    'hookSecret',
    `must be whsec_ and ${FEWEST_BYTES} to ${MOST_BYTES} bytes in base64`,
    'Make one: echo "whsec_$(openssl rand -base64 32)"',
  )
}

/** Headers of one call. @param at seconds since 1970 */
export function hookHeaders(secret: string, id: string, at: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', hookKey(secret)).update(`${id}.${at}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` }
}
