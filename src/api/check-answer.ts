/** For tests: what a use case answers is what the contract promises, and nothing more, such as a secret. */
import { isDeepStrictEqual } from 'node:util'
import { bug } from '#base/fault.ts'
import type { Route } from '#contract/routes/route.ts'

/** Throws a bug. In the service itself this would cost more than making the answer. */
export function checkAnswer({ name, answer: schema }: Route, answer: unknown): void {
  const parsed = schema.safeParse(answer)
  if (!parsed.success)
    throw bug('api-answer', `${name} answers what the contract does not know: ${parsed.error.message}`)
  if (isDeepStrictEqual(asJson(parsed.data), asJson(answer))) return
  throw bug('api-answer', `${name} answers more than the contract says`)
}

const asJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
