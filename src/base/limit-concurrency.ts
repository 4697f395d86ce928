/** Runs tasks over items, at most `most` at once, in order of the items; results in the same order. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  most: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await task(items[index]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker))
  return results
}
