/**
 * What is sent to change something. A second press before the first one is answered, and its answer is shown, sends
 * nothing: a button is disabled only with the next picture, and a double click is faster than that.
 */
import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import { useRef } from 'react'

type Sending<Answer, Given> = Omit<UseMutationResult<Answer, Error, Given>, 'mutate' | 'mutateAsync'> & {
  mutate(given: Given): void
}

export function useSending<Answer, Given = void>(
  options: UseMutationOptions<Answer, Error, Given>,
): Sending<Answer, Given> {
  const { mutateAsync, ...mutation } = useMutation(options)
  // By what is sent: a command on another object has nothing to wait for.
  const underWay = useRef(new Set<string>())
  return {
    ...mutation,
    mutate(given) {
      const sent = underWay.current
      const what = JSON.stringify(given) ?? ''
      if (sent.has(what)) return
      sent.add(what)
      // What was refused is told by `error`.
      void mutateAsync(given)
        .catch(() => {})
        .finally(() => sent.delete(what))
    },
    reset() {
      // What is typed from now on is something else.
      underWay.current = new Set()
      mutation.reset()
    },
  }
}
