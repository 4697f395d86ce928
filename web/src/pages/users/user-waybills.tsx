/** The sealed waybills of a user's passes, and how anybody checks them. */
import { useQuery } from '@tanstack/react-query'
import type { MigrationUser, UserWaybill } from '#contract/user.ts'
import { DownloadButton } from '../../ui/download-button.tsx'
import { formatNumber } from '../../ui/format.ts'
import { useListState } from '../../ui/list-state.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Pager } from '../../ui/pager.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { When } from '../../ui/when.tsx'
import { useSpeech, useWords } from '../../words/words.ts'
import { waybillsQuery } from './user-queries.ts'

export function UserWaybills({ user }: { readonly user: MigrationUser }) {
  const words = useWords()
  const columns = useColumns(user)
  const state = useListState('waybills-', '')
  const isRunning = user.statusSummary === 'Active'
  const { data: page, error } = useQuery(waybillsQuery({ guid: user.guid, cursor: state.cursor, isRunning }))
  const newest = page?.items[0]
  return (
    <section aria-label={words.passes.waybills}>
      <h3>{words.passes.waybills}</h3>
      <RefusalBar thrown={error} />
      {page === undefined && error === null && <Loading />}
      {page?.total === 0 && <p>{words.passes.noWaybills}</p>}
      {page !== undefined && newest !== undefined && (
        <>
          <ListTable
            label={words.passes.waybills}
            className="waybills-table"
            columns={columns}
            items={page.items}
            state={state}
            keyOf={({ number }) => String(number)}
          />
          <p className="small">
            {words.passes.waybillsLead}{' '}
            <code>
              waybill verify {newest.fileName}
              {newest.sealedBy && ` --fingerprint ${newest.sealedBy}`}
            </code>
          </p>
        </>
      )}
      {page !== undefined && <Pager state={state} page={page} />}
    </section>
  )
}

function useColumns(user: MigrationUser): readonly Column<UserWaybill>[] {
  const { words, language } = useSpeech()
  return [
    { name: 'number', label: words.passes.number, show: ({ number }) => formatNumber(language, number) },
    { name: 'sealed', label: words.passes.sealed, wraps: true, show: ({ sealedAt }) => <When at={sealedAt} both /> },
    { name: 'machine', label: words.passes.machine, wraps: true, show: ({ host }) => host || '—' },
    {
      name: 'file',
      label: words.passes.file,
      wraps: true,
      show: ({ number, fileName, isHere, host, path }) =>
        isHere ? (
          <DownloadButton
            size="small"
            appearance="subtle"
            label={words.passes.download}
            name={words.passes.downloadOf(fileName)}
            route="getUserWaybill"
            params={{ identity: user.guid, number: String(number) }}
          />
        ) : (
          <span>{host && path ? words.passes.elsewhere(host, path) : words.passes.elsewhereUnknown}</span>
        ),
    },
  ]
}
