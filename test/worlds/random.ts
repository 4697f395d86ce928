/** A small seeded generator (mulberry32), so that every world can be built again from its printed seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.between(0, list.length - 1)]
    if (found === undefined) throw new Error('nothing to pick from')
    return found
  }

  /** `count` printable words, one blank apart. */
  words(count: number): string {
    return Array.from({ length: count }, () => this.pick(vocabulary)).join(' ')
  }

  bytes(length: number): Buffer {
    const buffer = Buffer.allocUnsafe(length)
    for (let i = 0; i < length; i++) buffer[i] = this.between(0, 255)
    return buffer
  }
}

const vocabulary =
  'about account after agenda answer attached autumn before budget calendar campus class committee course date draft exam faculty figure final form grade house invoice library meeting minutes monday notes office order paper plan please printer project question report room schedule semester student summer thanks thesis ticket tomorrow travel update week winter'.split(
    ' ',
  )
