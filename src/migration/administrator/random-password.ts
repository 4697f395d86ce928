/** Passwords that we make: 128 random bits that can be typed from a screen. */
import { randomBytes } from 'node:crypto'

/** RFC 4648 §6, small: no 0, 1, 8 or 9 to be mistaken. */
const SIGNS = 'abcdefghijklmnopqrstuvwxyz234567'
const BYTES = 16

/** `rbo3k-…`: 26 signs in groups of five. */
export function randomPassword(): string {
  let bits = BigInt(`0x${randomBytes(BYTES).toString('hex')}`)
  let text = ''
  for (let at = 0; at < Math.ceil((BYTES * 8) / 5); at++) {
    text += SIGNS[Number(bits & 31n)]
    bits >>= 5n
  }
  return text.replaceAll(/.{5}(?=.)/g, '$&-')
}
