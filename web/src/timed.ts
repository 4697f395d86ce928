/** A test, with how long it took: a server that answers after ten seconds is a finding, too. */
export interface Timed<Answer> {
  readonly answer: Answer
  readonly ms: number
}

export async function timed<Answer>(deed: Promise<Answer>): Promise<Timed<Answer>> {
  const begun = performance.now()
  const answer = await deed
  return { answer, ms: performance.now() - begun }
}
