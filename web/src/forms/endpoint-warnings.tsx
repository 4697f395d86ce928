/** What a change of an endpoint means for what is there, said before it is saved. */
import { MessageBar, MessageBarBody } from '@fluentui/react-components'
import type { MigrationEndpoint } from '#contract/endpoint.ts'
import { useWords } from '../words/words.ts'
import type { EndpointFields } from './endpoint-fields.ts'

interface EndpointWarningsProps {
  readonly endpoint: MigrationEndpoint
  readonly form: EndpointFields
  readonly typed: Partial<EndpointFields>
}

export function EndpointWarnings({ endpoint, form, typed }: EndpointWarningsProps) {
  const words = useWords()
  const { batches, activeMigrationCount, activeIncrementalSyncCount } = endpoint
  const isLess = (text: string, active: number) => text !== '' && Number(text) < active
  const warnings = [
    // docs/decisions/0011: passwords of users follow their endpoint.
    (typed.remoteServer !== undefined || typed.port !== undefined) &&
      batches.length > 0 &&
      words.endpoints.moves(batches.length, `${form.remoteServer.trim()}:${form.port}`),
    isLess(form.maxConcurrentMigrations, activeMigrationCount) &&
      words.endpoints.fewerSlots(activeMigrationCount, Number(form.maxConcurrentMigrations)),
    isLess(form.maxConcurrentIncrementalSyncs, activeIncrementalSyncCount) &&
      words.endpoints.fewerIncrementals(activeIncrementalSyncCount, Number(form.maxConcurrentIncrementalSyncs)),
  ].filter((text) => text !== false)
  return warnings.map((text) => (
    <MessageBar key={text} intent="warning" layout="multiline" role="status">
      <MessageBarBody>{text}</MessageBarBody>
    </MessageBar>
  ))
}
