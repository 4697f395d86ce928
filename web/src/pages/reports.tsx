/** Reports: of each batch, there or removed, one to read and print, and files. */
import { Button, Checkbox } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download'
import { useQuery } from '@tanstack/react-query'
import type { MigrationReport } from '#contract/organization.ts'
import { paths } from '../paths.ts'
import { formatDate, formatNumber } from '../ui/format.ts'
import { ListPage } from '../ui/list-page.tsx'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefreshButton } from '../ui/refresh-button.tsx'
import { SearchedList } from '../ui/searched-list.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { batchOf, csvUrl, reportsQuery } from './reports/report-queries.ts'
import '../style/reports.css'

export default function ReportsPage() {
  const { reports: words } = useWords()
  const state = useListState('', 'batchId')
  const withArchived = state.get('archived') !== 'no'
  const list = useQuery(reportsQuery(state, withArchived))
  const columns = useColumns()
  usePageTitle(words.title)
  return (
    <ListPage title={words.title} hasPane={false} commands={<RefreshButton />}>
      <SearchedList
        words={words}
        empty={words.none}
        query={list}
        filters={
          <Checkbox
            label={words.archived}
            checked={withArchived}
            onChange={(_, { checked }) => state.set('archived', checked === true ? '' : 'no')}
          />
        }
        className="reports-table"
        columns={columns}
        state={state}
        keyOf={({ identity }) => identity}
        toOf={({ identity }) => paths.report(batchOf(identity))}
      />
    </ListPage>
  )
}

function useColumns(): readonly Column<MigrationReport>[] {
  const {
    words: { reports: words },
    language,
  } = useSpeech()
  const labels = words.columns
  return [
    { name: 'batchId', label: labels.batchId, isSorted: true, show: ({ batchId }) => batchId },
    { name: 'reportType', label: labels.reportType, isSorted: true, show: ({ reportType }) => words.types[reportType] },
    {
      name: 'rowCount',
      label: labels.rowCount,
      isSorted: true,
      isNumber: true,
      show: ({ rowCount }) => formatNumber(language, rowCount),
    },
    {
      name: 'creationTime',
      label: labels.creationTime,
      isSorted: true,
      show: ({ creationTime }) => formatDate(language, creationTime),
    },
    {
      name: 'archivedTime',
      label: labels.archivedTime,
      isSorted: true,
      show: ({ archivedTime }) => formatDate(language, archivedTime),
    },
    {
      name: 'file',
      label: labels.file,
      show: ({ identity, reportType, batchId }) => (
        <Button
          as="a"
          appearance="subtle"
          size="small"
          icon={<ArrowDownloadRegular />}
          href={csvUrl(identity)}
          download
          aria-label={words.downloadOf(words.types[reportType], batchId)}
          onClick={(event) => event.stopPropagation()}
        >
          CSV
        </Button>
      ),
    },
  ]
}
