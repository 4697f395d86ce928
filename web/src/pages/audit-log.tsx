/** Organization > Audit log: who did what to which object, newest first. */
import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useParams, useSearchParams } from 'react-router'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import { paths } from '../paths.ts'
import { formatDate } from '../ui/format.ts'
import { ListPage } from '../ui/list-page.tsx'
import { useListState } from '../ui/list-state.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Loading } from '../ui/loading.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefreshButton } from '../ui/refresh-button.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { Tinted } from '../ui/status-badge.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { AuditFilters } from './audit/audit-filters.tsx'
import { AUDIT, auditQuery, exportUrl, type Filters, FILTERS } from './audit/audit-queries.ts'
import '../style/people.css'

export default function AuditLogPage() {
  const { audit: words } = useWords()
  const { entry: chosen } = useParams()
  const { search } = useLocation()
  const state = useListState('', '-runDate')
  const [, setParameters] = useSearchParams()
  const filters = Object.fromEntries(FILTERS.map((name) => [name, state.get(name)])) as Filters
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    auditQuery(filters),
  )
  const client = useQueryClient()
  const columns = useColumns()
  usePageTitle(words.title)
  const items = data?.pages.flatMap((page) => page.items)
  return (
    <ListPage
      title={words.title}
      hasPane={chosen !== undefined}
      commands={
        <>
          <Button
            as="a"
            appearance="subtle"
            icon={<ArrowDownloadRegular />}
            href={exportUrl(filters)}
            download
            title={words.exportHint}
          >
            {words.export}
          </Button>
          <RefreshButton onPress={() => void client.invalidateQueries({ queryKey: [AUDIT] })} />
        </>
      }
    >
      <p>{words.lead}</p>
      <AuditFilters filters={filters} set={state.set} clear={() => setParameters({}, { replace: true })} />
      <RefusalBar thrown={error} />
      {isPending && <Loading />}
      {items?.length === 0 && <p>{words.none}</p>}
      {items !== undefined && items.length > 0 && (
        <>
          <ListTable
            label={words.title}
            className="audit-table"
            columns={columns}
            items={items}
            state={state}
            keyOf={({ identity }) => identity}
            toOf={({ identity }) => paths.auditEntry(identity) + search}
            isChosen={({ identity }) => identity === chosen}
          />
          <div className="pager">
            <span aria-live="polite">{words.shown(items.length)}</span>
            <Button size="small" disabled={!hasNextPage || isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {words.more}
            </Button>
          </div>
        </>
      )}
    </ListPage>
  )
}

function useColumns(): readonly Column<AdminAuditLogEvent>[] {
  const {
    words: { audit: words },
    language,
  } = useSpeech()
  const labels = words.columns
  return [
    { name: 'runDate', label: labels.runDate, show: ({ runDate }) => formatDate(language, runDate) },
    { name: 'caller', label: labels.caller, show: ({ caller }) => caller },
    { name: 'cmdletName', label: labels.cmdletName, show: ({ cmdletName }) => cmdletName },
    { name: 'objectModified', label: labels.objectModified, show: ({ objectModified }) => objectModified },
    { name: 'result', label: labels.result, show: (entry) => <ResultBadge entry={entry} /> },
  ]
}

export function ResultBadge({ entry: { succeeded } }: { readonly entry: AdminAuditLogEvent }) {
  const { audit: words } = useWords()
  if (succeeded === null) return <Tinted tone="warning" text={words.unknown} />
  if (succeeded) return <Tinted tone="success" text={words.succeeded} />
  return <Tinted tone="danger" text={words.failed} />
}
