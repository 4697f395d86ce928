/** One mailbox database: tried, changed, made the default, removed; all of its settings, and who uses it. */
import { Button } from '@fluentui/react-components'
import { CheckmarkStarburstRegular } from '@fluentui/react-icons/svg/checkmark-starburst'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useParams } from 'react-router'
import type { MailboxDatabase } from '#contract/database.ts'
import { lazily } from '../later.tsx'
import { ask, isNotThere, type Tagged } from '../api.ts'
import { LIVE } from '../live.ts'
import { paths } from '../paths.ts'
import { useSending } from '../sending.ts'
import { useMay } from '../session.ts'
import { CommandButton } from '../ui/command-button.tsx'
import { Facts } from '../ui/facts.tsx'
import { formatDate } from '../ui/format.ts'
import { Loading } from '../ui/loading.tsx'
import { Pane } from '../ui/pane.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { databasesQuery } from './batch-queries.ts'
import { DatabaseTestPart } from './objects/database-test.tsx'
import { DeleteCommand } from './objects/delete-command.tsx'
import { databaseQuery } from './objects/object-queries.ts'
import { UsedBy } from './objects/used-by.tsx'

const DatabaseForm = lazily(() => import('../forms/database-form.tsx'))

export default function DatabasePane() {
  const { database: identity = '' } = useParams()
  const words = useWords()
  const mayChange = useMay('organization')
  const mayTest = useMay('migration')
  const { data: seen, error } = useQuery(databaseQuery(identity))
  const isGone = isNotThere(error)
  return (
    <Pane title={seen?.value.identity ?? identity} closeTo={paths.databases()} key={identity}>
      {isGone ? <p>{words.databases.gone}</p> : <RefusalBar thrown={error} />}
      {seen === undefined && error === null && <Loading />}
      {seen !== undefined && !isGone && (
        <>
          {mayChange && <Commands seen={seen} />}
          {mayTest && <DatabaseTestPart database={seen.value} />}
          <Details database={seen.value} />
        </>
      )}
    </Pane>
  )
}

function Commands({ seen }: { readonly seen: Tagged<MailboxDatabase> }) {
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  const { identity, guid, batches, isDefault } = seen.value
  // Which of the others should take new batches is for a person to say.
  const hasOthers = (useQuery(databasesQuery).data?.total ?? 0) > 1
  // As it was when the form was opened: what others change meanwhile is told, and not taken for seen.
  const [edited, setEdited] = useState<Tagged<MailboxDatabase> | null>(null)
  const makeDefault = useSending({
    mutationFn: () => ask('updateDatabase', { params: { identity: guid }, body: { isDefault: true } }),
    async onSuccess() {
      tell.done(words.databases.madeDefault(identity))
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError: (thrown) => tell.failed(thrown, words.notReached),
  })
  return (
    <>
      <div className="commands" role="toolbar" aria-label={words.commands}>
        <Button appearance="subtle" icon={<EditRegular />} onClick={() => setEdited(seen)}>
          {words.usedBy.edit}
        </Button>
        <CommandButton
          appearance="subtle"
          icon={<CheckmarkStarburstRegular />}
          label={words.databases.makeDefault}
          reason={isDefault ? words.databases.isDefault : null}
          onPress={() => makeDefault.mutate()}
        />
        <DeleteCommand
          name={identity}
          title={words.databases.deleteTitle(identity)}
          text={words.databases.deleteText}
          reason={
            batches.length > 0
              ? words.usedBy.reason(batches)
              : isDefault && hasOthers
                ? words.databases.defaultStays
                : null
          }
          leadTo={paths.databases()}
          remove={() => ask('removeDatabase', { params: { identity: guid }, ifMatch: seen.etag })}
        />
      </div>
      <Suspense>{edited !== null && <DatabaseForm seen={edited} onClose={() => setEdited(null)} />}</Suspense>
    </>
  )
}

function Details({ database }: { readonly database: MailboxDatabase }) {
  const { words, language } = useSpeech()
  const { columns } = words.databases
  const isImap = database.kind === 'Imap'
  const yes = (is: boolean) => (is ? words.yes : words.no)
  return (
    <Facts
      rows={[
        [columns.kind, words.databaseForm.kinds[database.kind]],
        isImap ? [words.databaseForm.server, database.server] : [words.databaseForm.path, database.path],
        isImap ? [words.endpointForm.port, String(database.port)] : null,
        isImap ? [words.endpointForm.security, words.endpoints.securities[database.security ?? 'Ssl']] : null,
        isImap ? [words.endpoints.untrusted, yes(database.acceptUntrustedCertificates)] : null,
        isImap ? [words.endpoints.clearText, yes(database.allowClearText)] : null,
        isImap ? [words.databaseForm.login, database.loginTemplate ?? words.databases.loginByRow] : null,
        isImap && database.loginTemplate !== null ? [words.databaseForm.admin, database.adminUserName ?? '—'] : null,
        isImap && database.loginTemplate !== null
          ? [
              words.databaseForm.adminPassword,
              database.hasAdminPassword ? words.databases.passwordStored : words.databases.passwordNone,
            ]
          : null,
        [columns.isDefault, yes(database.isDefault)],
        [words.usedBy.label, <UsedBy key="" batches={database.batches} />],
        [words.batch.created, formatDate(language, database.creationDateTime)],
        [words.usedBy.modified, formatDate(language, database.lastModifiedDateTime)],
      ]}
    />
  )
}
