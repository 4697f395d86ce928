/** A page of ours with its files: nothing from outside, files kept for ever under names that tell their contents. */
import type { FastifyReply } from 'fastify'
import { requestFault } from './request-fault.ts'

export interface Asset {
  readonly type: string
  readonly bytes: Buffer
}

export interface Page<A extends Asset = Asset> {
  readonly html: string
  /** By name with digest. */
  readonly assets: ReadonlyMap<string, A>
}

/** What the page may load beside its own scripts and answers. @param styles sources of style sheets beside ours */
export const pagePolicy = ({ styles = '', images = '' }: { styles?: string; images?: string }): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${styles && ` ${styles}`}`,
    `img-src 'self'${images && ` ${images}`}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

export const sendPage = (reply: FastifyReply, html: string, policy: string): FastifyReply =>
  reply
    .headers({ 'content-security-policy': policy, 'cross-origin-opener-policy': 'same-origin' })
    .type('text/html; charset=utf-8')
    .send(html)

/** Throws ROUTE_UNKNOWN. */
export function assetNamed<A extends Asset>(page: Page<A> | null, name: string): A {
  const asset = page?.assets.get(name)
  if (!asset) throw requestFault('ROUTE_UNKNOWN', 'there is no such file', 'Load the page anew.')
  return asset
}

export const sendAsset = (reply: FastifyReply, { type, bytes }: Asset): FastifyReply =>
  reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('cross-origin-resource-policy', 'same-origin')
    .type(type)
    .send(bytes)
