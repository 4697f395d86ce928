/**
 * A growing set of UIDs as runs in a typed array: 500,000 messages of which every second is ours take 2 MB, and
 * what arrives in ascending order is appended in constant time.
 */
import type { Runs } from '#engine/ports.ts'

export class UidRuns {
  /** first, last, first, last … ascending, neither overlapping nor adjacent. */
  #ends = new Uint32Array(16)
  #runs = 0

  has(uid: number): boolean {
    const at = this.#find(uid)
    return at < this.#runs && this.#ends[at * 2]! <= uid
  }

  add(first: number, last: number): void {
    // Runs from `from` up to `to` (exclusive) touch the new one and melt into it.
    const from = this.#find(first - 1)
    let to = from
    let [low, high] = [first, last]
    while (to < this.#runs && this.#ends[to * 2]! <= last + 1) {
      low = Math.min(low, this.#ends[to * 2]!)
      high = Math.max(high, this.#ends[to * 2 + 1]!)
      to++
    }
    this.#replace(from, to)
    this.#ends[from * 2] = low
    this.#ends[from * 2 + 1] = high
  }

  get count(): number {
    let count = 0
    for (let at = 0; at < this.#runs; at++) count += this.#ends[at * 2 + 1]! - this.#ends[at * 2]! + 1
    return count
  }

  runs(): Runs {
    return Array.from({ length: this.#runs }, (_, at) => [this.#ends[at * 2]!, this.#ends[at * 2 + 1]!] as const)
  }

  /** Index of the first run that ends at or after `uid`. */
  #find(uid: number): number {
    let low = 0
    let high = this.#runs
    if (high > 0 && this.#ends[high * 2 - 1]! < uid) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#ends[middle * 2 + 1]! < uid) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Makes room for exactly one run in place of those from `from` up to `to`. */
  #replace(from: number, to: number): void {
    const runs = this.#runs - (to - from) + 1
    if (runs * 2 > this.#ends.length) {
      const larger = new Uint32Array(this.#ends.length * 2)
      larger.set(this.#ends.subarray(0, this.#runs * 2))
      this.#ends = larger
    }
    this.#ends.copyWithin((from + 1) * 2, to * 2, this.#runs * 2)
    this.#runs = runs
  }
}
