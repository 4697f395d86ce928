import { Turnstile } from '#base/turnstile.ts'
import type { Budget } from './ports.ts'

/** 24 MB for the whole process, whatever the number of users and lanes (architecture.md §6.8). */
export const LITERAL_BUDGET_BYTES = 24 * 1_048_576

export class LiteralBudget implements Budget {
  readonly #gate: Turnstile

  constructor(bytes = LITERAL_BUDGET_BYTES) {
    this.#gate = new Turnstile(bytes)
  }

  take(bytes: number, signal: AbortSignal): Promise<void> {
    return this.#gate.take(bytes, signal)
  }

  force(bytes: number): void {
    this.#gate.force(bytes)
  }

  give(bytes: number): void {
    this.#gate.give(bytes)
  }
}
