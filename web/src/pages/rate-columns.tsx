/** How fast a batch goes and when it is through: for its list and its pane. */
import type { MigrationBatch } from '#contract/batch.ts'
import { formatBytes, formatNumber } from '../ui/format.ts'
import type { Column } from '../ui/list-table.tsx'
import { When } from '../ui/when.tsx'
import type { Words } from '../words/en.ts'
import { type Language, useSpeech } from '../words/words.ts'

type Paced = Pick<MigrationBatch, 'itemsPerMinute' | 'bytesTransferredPerMinute' | 'estimatedCompletionDateTime'>

/** `1,200 messages/min, 35 MB/min`; a dash where nothing runs. */
export function formatRate(words: Words, language: Language, batch: Paced): string {
  if (batch.itemsPerMinute === null) return '—'
  const bytes = formatBytes(language, batch.bytesTransferredPerMinute ?? 0)
  return words.dashboard.rateOf(formatNumber(language, batch.itemsPerMinute), bytes)
}

export function useRateColumns(): readonly Column<MigrationBatch>[] {
  const { words, language } = useSpeech()
  return [
    {
      name: 'itemsPerMinute',
      label: words.dashboard.columns.rate,
      isSorted: true,
      isNumber: true,
      isMinor: true,
      show: (batch) =>
        batch.itemsPerMinute === null ? (
          '—'
        ) : (
          <span title={formatRate(words, language, batch)}>
            {words.dashboard.perMinute(formatNumber(language, batch.itemsPerMinute))}
          </span>
        ),
    },
    {
      name: 'estimatedCompletionDateTime',
      label: words.dashboard.columns.end,
      isSorted: true,
      isMinor: true,
      show: ({ estimatedCompletionDateTime: at }) => <When at={at} />,
    },
  ]
}
