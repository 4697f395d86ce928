/** The log of a user's passes, the newest first, as the service keeps the last hundred. */
import type { UserPass } from '#contract/user.ts'
import { formatBytes, formatNumber } from '../../ui/format.ts'
import { useListState } from '../../ui/list-state.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { formatSeconds } from '../../ui/seconds.ts'
import { When } from '../../ui/when.tsx'
import { useSpeech, useWords } from '../../words/words.ts'

export function UserPasses({ passes }: { readonly passes: readonly UserPass[] }) {
  const words = useWords()
  const columns = useColumns()
  const state = useListState('passes-', '')
  return (
    <section aria-label={words.passes.title}>
      <h3>{words.passes.title}</h3>
      {passes.length === 0 ? (
        <p>{words.passes.none}</p>
      ) : (
        <ListTable
          label={words.passes.title}
          className="passes-table"
          columns={columns}
          items={passes}
          state={state}
          keyOf={({ startedAt, worker }) => startedAt + worker}
        />
      )}
    </section>
  )
}

function useColumns(): readonly Column<UserPass>[] {
  const { words, language } = useSpeech()
  const labels = words.passes.columns
  return [
    { name: 'began', label: labels.began, wraps: true, show: ({ startedAt }) => <When at={startedAt} both /> },
    { name: 'kind', label: labels.kind, show: ({ kind }) => words.passes.kinds[kind] },
    { name: 'result', label: labels.result, show: ({ result }) => words.passes.results[result] },
    {
      name: 'message',
      label: labels.message,
      wraps: true,
      show: ({ message, notes }) => (
        <>
          {message}
          {notes.length > 0 && (
            <details>
              <summary>{words.passes.notes(notes.length)}</summary>
              <ul>
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </details>
          )}
        </>
      ),
    },
    {
      name: 'took',
      label: labels.took,
      isNumber: true,
      show: ({ startedAt, endedAt }) =>
        endedAt === null ? '—' : formatSeconds(words, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000),
    },
    {
      name: 'items',
      label: labels.items,
      isNumber: true,
      show: ({ itemsTransferred }) => formatNumber(language, itemsTransferred),
    },
    {
      name: 'bytes',
      label: labels.bytes,
      isNumber: true,
      show: ({ bytesTransferred }) => (bytesTransferred === 0 ? '—' : formatBytes(language, bytesTransferred)),
    },
    { name: 'worker', label: labels.worker, wraps: true, show: ({ worker }) => worker },
  ]
}
