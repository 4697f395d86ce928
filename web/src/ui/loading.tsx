import { Spinner } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'

/** Shown after a moment only. Until then Fluent leaves its label out, so that the name is given besides. */
export function Loading() {
  const { loading } = useWords()
  return <Spinner label={loading} aria-label={loading} delay={400} />
}
