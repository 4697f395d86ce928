/** What must be so before mail can move, looked at now: it is tried again when one asks for it, or names another. */
import { Button, Spinner } from '@fluentui/react-components'
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { CheckmarkCircleRegular } from '@fluentui/react-icons/svg/checkmark-circle'
import { CircleRegular } from '@fluentui/react-icons/svg/circle'
import { ErrorCircleRegular } from '@fluentui/react-icons/svg/error-circle'
import { WarningRegular } from '@fluentui/react-icons/svg/warning'
import { type UseQueryResult, queryOptions, useQuery } from '@tanstack/react-query'
import { ask, Refusal } from '../../api.ts'
import { formatBytes } from '../../ui/format.ts'
import { textOf } from '../../ui/refusal-bar.tsx'
import { translated } from '../../words/said.ts'
import { useSpeech } from '../../words/words.ts'

/** Of each that is named; ten tests a minute is all that the service allows. */
const again = { staleTime: 60_000, retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false } as const

const endpointTest = (endpoint: string) =>
  queryOptions({
    queryKey: ['endpoint-test', endpoint],
    queryFn: ({ signal }) => ask('testConnection', { body: { endpoint }, signal }),
    enabled: endpoint !== '',
    ...again,
  })
const databaseTest = (database: string) =>
  queryOptions({
    queryKey: ['database-test', database],
    queryFn: ({ signal }) => ask('testDatabase', { params: { identity: database }, body: {}, signal }),
    enabled: database !== '',
    ...again,
  })

interface ChecksProps {
  /** Names; empty: there is none yet. */
  readonly endpoint: string
  readonly database: string
}

export function Checks({ endpoint, database }: ChecksProps) {
  const { words, language } = useSpeech()
  const source = useQuery(endpointTest(endpoint))
  const target = useQuery(databaseTest(database))
  const free = target.data?.freeBytes ?? null
  const isTesting = source.isFetching || target.isFetching
  return (
    <>
      <ul className="checks" aria-label={words.wizard.checks} aria-live="polite" aria-busy={isTesting}>
        <Check
          what={words.wizard.checkEndpoint(endpoint)}
          none={endpoint === '' ? words.wizard.checkNoEndpoint : null}
          test={source}
        />
        <Check
          what={words.wizard.checkDatabase(database)}
          none={database === '' ? words.wizard.checkNoDatabase : null}
          test={target}
        />
        {free !== null && !target.isFetching && (
          <Item tone={free < 1e9 ? 'bad' : 'good'} what={words.wizard.checkSpace(formatBytes(language, free))} />
        )}
      </ul>
      <Button
        className="start"
        icon={<ArrowSyncRegular />}
        disabledFocusable={isTesting}
        onClick={() => {
          if (endpoint !== '') void source.refetch()
          if (database !== '') void target.refetch()
        }}
      >
        {words.wizard.checkAgain}
      </Button>
    </>
  )
}

interface CheckProps {
  readonly what: string
  readonly none: string | null
  readonly test: UseQueryResult<{
    readonly result: 'Success' | 'Failed'
    readonly message: string
    readonly errorDetail: string
    readonly warnings?: readonly string[]
  }>
}

function Check({ what, none, test: { data, error, isFetching } }: CheckProps) {
  const { words } = useSpeech()
  if (none !== null) return <Item tone="none" what={none} />
  if (isFetching || (data === undefined && error === null)) return <Item tone="wait" what={what} />
  if (error !== null) {
    const remedy = error instanceof Refusal ? error.remedy : null
    return <Item tone="bad" what={what} said={textOf(error) || words.notReached} remedy={remedy ?? ''} />
  }
  if (data === undefined) return null
  const { result, message, errorDetail, warnings = [] } = data
  const tone = result !== 'Success' ? 'bad' : warnings.length > 0 ? 'doubtful' : 'good'
  return <Item tone={tone} what={what} said={message} warnings={warnings} remedy={errorDetail} />
}

interface ItemProps {
  readonly tone: 'good' | 'doubtful' | 'bad' | 'wait' | 'none'
  readonly what: string
  readonly said?: string
  readonly warnings?: readonly string[]
  readonly remedy?: string
}

function Item({ tone, what, said = '', warnings = [], remedy = '' }: ItemProps) {
  const { words } = useSpeech()
  return (
    <li className={`check ${tone}`}>
      {tone === 'wait' ? (
        <Spinner size="extra-tiny" aria-hidden />
      ) : tone === 'good' ? (
        <CheckmarkCircleRegular fontSize={20} aria-hidden />
      ) : tone === 'doubtful' ? (
        <WarningRegular fontSize={20} aria-hidden />
      ) : tone === 'bad' ? (
        <ErrorCircleRegular fontSize={20} aria-hidden />
      ) : (
        <CircleRegular fontSize={20} aria-hidden />
      )}
      <div>
        {what} {tone !== 'none' && <span className="check-state">{words.wizard.checkStates[tone]}</span>}
        {said !== '' && <p className="small">{said}</p>}
        {warnings.map((warning) => (
          <p key={warning} className="check-warning">
            {warning}
          </p>
        ))}
        {remedy !== '' && (
          <p className="small">
            {words.whatToDo} {translated(remedy)}
          </p>
        )}
      </div>
    </li>
  )
}
