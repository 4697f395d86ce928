/** The UIDs that a target has named for what it stored: one that it names twice shows that none can be believed. */

const BLOCK_BITS = 15
/** 4 kB each: a target that names UIDs at random must not fill our memory. */
const MOST_BLOCKS = 2_048

export class UidClaims {
  readonly #blocks = new Map<number, Uint32Array>()
  #highest = 0

  /** 0 when there is none. */
  get highest(): number {
    return this.#highest
  }

  /** False when it was claimed before, or when the claims are too scattered to be true. */
  claim(uid: number): boolean {
    const at = Math.floor(uid / 2 ** BLOCK_BITS)
    let block = this.#blocks.get(at)
    if (block === undefined) {
      if (this.#blocks.size >= MOST_BLOCKS) return false
      block = new Uint32Array(2 ** (BLOCK_BITS - 5))
      this.#blocks.set(at, block)
    }
    const bit = uid % 2 ** BLOCK_BITS
    const mask = 1 << (bit & 31)
    if (block[bit >> 5]! & mask) return false
    block[bit >> 5]! |= mask
    this.#highest = Math.max(this.#highest, uid)
    return true
  }
}
