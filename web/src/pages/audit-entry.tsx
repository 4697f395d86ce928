/** One entry of the audit log: what was given, what has changed, from where. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import { isNotThere } from '../api.ts'
import { paths } from '../paths.ts'
import { Facts } from '../ui/facts.tsx'
import { formatDate } from '../ui/format.ts'
import { Loading } from '../ui/loading.tsx'
import { Pane } from '../ui/pane.tsx'
import { PlainTable } from '../ui/plain-table.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { auditEntryQuery } from './audit/audit-queries.ts'
import { ResultBadge } from './audit-log.tsx'

export default function AuditEntryPane() {
  const { entry: identity = '' } = useParams()
  const { audit: words } = useWords()
  const { data: entry, error } = useQuery(auditEntryQuery(identity))
  const isGone = isNotThere(error)
  return (
    <Pane title={entry?.cmdletName ?? words.title} closeTo={paths.auditLog()} key={identity}>
      {isGone ? <p>{words.gone}</p> : <RefusalBar thrown={error} />}
      {entry === undefined && error === null && <Loading />}
      {entry !== undefined && (
        <>
          <div className="pane-status">
            <ResultBadge entry={entry} />
          </div>
          {entry.error !== '' && <ErrorBar title={words.error} detail={entry.error} />}
          <Details entry={entry} />
          <h3>{words.parameters}</h3>
          <Values
            label={words.parameters}
            heads={[words.name, words.value]}
            rows={entry.cmdletParameters.map(({ name, value }) => [name, value])}
          />
          <h3>{words.modified}</h3>
          <Values
            label={words.modified}
            heads={[words.name, words.before, words.after]}
            rows={entry.modifiedProperties.map(({ name, oldValue, newValue }) => [name, oldValue, newValue])}
          />
        </>
      )}
    </Pane>
  )
}

function Details({ entry }: { readonly entry: AdminAuditLogEvent }) {
  const {
    words: { audit: words },
    language,
  } = useSpeech()
  return (
    <Facts
      rows={[
        [words.columns.runDate, formatDate(language, entry.runDate)],
        [words.columns.caller, entry.caller],
        entry.objectModified === '' ? null : [words.columns.objectModified, entry.objectModified],
        entry.objectGuid === null ? null : [words.guid, entry.objectGuid],
        [words.via, words.vias[entry.via]],
        entry.clientAddress === null ? null : [words.address, entry.clientAddress],
      ]}
    />
  )
}

interface ValuesProps {
  readonly label: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly [string, ...(string | null)[]])[]
}

function Values({ label, heads, rows }: ValuesProps) {
  const { audit: words } = useWords()
  if (rows.length === 0) return <p className="small">{words.empty}</p>
  return (
    <PlainTable
      label={label}
      className="small-table"
      isScrolled
      items={rows}
      keyOf={([name]) => name}
      columns={heads.map((head, at) => ({
        label: head,
        wraps: true,
        show: (cells: ValuesProps['rows'][number]) => cells[at] ?? '—',
      }))}
    />
  )
}
