/** Messages that could not be carried, each to be had as a file while the source has it. */
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark'
import { useQuery } from '@tanstack/react-query'
import type { MigrationUser, SkippedItem } from '#contract/user.ts'
import { useMay } from '../../session.ts'
import { CommandButton } from '../../ui/command-button.tsx'
import { DownloadButton } from '../../ui/download-button.tsx'
import { formatBytes, formatDate } from '../../ui/format.ts'
import { useListState } from '../../ui/list-state.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Pager } from '../../ui/pager.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { useSpeech, useWords } from '../../words/words.ts'
import { skippedQuery } from './user-queries.ts'

export function SkippedItems({ user }: { readonly user: MigrationUser }) {
  const words = useWords()
  const mayChange = useMay('migration')
  const columns = useColumns(user, mayChange)
  const state = useListState('skipped-', '')
  const isRunning = user.statusSummary === 'Active'
  const { data: page, error } = useQuery(skippedQuery({ guid: user.guid, cursor: state.cursor, isRunning }))
  return (
    <section aria-label={words.skipped.title}>
      <div className="section-head">
        <h3>{words.skipped.title}</h3>
        {page !== undefined && page.total > 0 && <span>{words.skipped.count(page.total)}</span>}
        {mayChange && page !== undefined && page.total > 0 && (
          <CommandButton
            size="small"
            appearance="subtle"
            icon={<CheckmarkRegular />}
            label={words.skipped.approve}
            // No migration of a type that asks for it can be made yet.
            reason={words.skipped.approveNot}
            onPress={() => {}}
          />
        )}
      </div>
      <RefusalBar thrown={error} />
      {page === undefined && error === null && <Loading />}
      {page?.total === 0 && <p>{words.skipped.none}</p>}
      {page !== undefined && page.items.length > 0 && (
        <ListTable
          label={words.skipped.title}
          className="skipped-table"
          columns={columns}
          items={page.items}
          state={state}
          keyOf={({ id }) => id}
        />
      )}
      {page !== undefined && <Pager state={state} page={page} />}
    </section>
  )
}

function useColumns(user: MigrationUser, mayRead: boolean): readonly Column<SkippedItem>[] {
  const { words, language } = useSpeech()
  const labels = words.skipped.columns
  const subjectOf = ({ subject }: SkippedItem) => subject || words.skipped.noSubject
  return [
    { name: 'date', label: labels.date, show: ({ dateReceived }) => formatDate(language, dateReceived) },
    { name: 'subject', label: labels.subject, wraps: true, show: subjectOf },
    { name: 'kind', label: labels.kind, show: ({ kind }) => words.skipped.kinds[kind] },
    { name: 'folder', label: labels.folder, wraps: true, show: ({ folderName }) => folderName },
    { name: 'size', label: labels.size, isNumber: true, show: ({ messageSize }) => formatBytes(language, messageSize) },
    { name: 'failure', label: labels.failure, wraps: true, show: ({ failure }) => failure },
    ...(mayRead
      ? [
          {
            name: 'eml',
            label: labels.eml,
            show: (item: SkippedItem) => (
              <DownloadButton
                size="small"
                appearance="subtle"
                label={words.skipped.eml}
                name={words.skipped.emlOf(subjectOf(item))}
                route="getSkippedItemEml"
                params={{ identity: user.guid, item: item.id }}
              />
            ),
          },
        ]
      : []),
  ]
}
