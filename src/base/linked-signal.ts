/**
 * A signal that aborts with the first of several, and lets go of them when it is disposed of. `AbortSignal.any` keeps
 * whatever listens to its answer for as long as one of its sources lives: with a source that lives as long as the
 * process, for ever.
 */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal
}

export function linkedSignal(...sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController()
  const heard = (event: Event) => controller.abort((event.target as AbortSignal).reason)
  for (const source of sources) {
    if (source.aborted) controller.abort(source.reason)
    source.addEventListener('abort', heard)
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const source of sources) source.removeEventListener('abort', heard)
    },
  }
}
