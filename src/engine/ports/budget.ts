/** The process-wide budget of literal bytes in memory (transfer-engine.md G5), shared by all users and lanes. */
export interface Budget {
  /**
   * Waits for `bytes` at once, first come first served; a caller never holds one part while it waits for
   * another, so there is no deadlock. More than the whole budget is granted alone.
   */
  take(bytes: number, signal: AbortSignal): Promise<void>
  /** Takes without waiting: for a body that turned out longer than its server had said. */
  force(bytes: number): void
  give(bytes: number): void
}
