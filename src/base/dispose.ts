/** Closes what may be broken already: a failing close must not hide the fault that led to it. */
export async function disposeQuietly(resource: AsyncDisposable | null | undefined): Promise<void> {
  try {
    await resource?.[Symbol.asyncDispose]()
  } catch {
    // Closing a dead connection fails; there is nothing to add to what is known of it.
  }
}
