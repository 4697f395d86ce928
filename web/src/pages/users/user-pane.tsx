/** One user: how far, how fast, what is wrong with what to do about it, what was skipped, and the proof of each pass. */
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useParams } from 'react-router'
import { codesOf } from '#contract/exchange-errors.ts'
import { isNotThere } from '../../api.ts'
import { paths } from '../../paths.ts'
import { useMay } from '../../session.ts'
import { DownloadButton } from '../../ui/download-button.tsx'
import { BACK } from '../../ui/left-rows.ts'
import { Loading } from '../../ui/loading.tsx'
import { Pane } from '../../ui/pane.tsx'
import { ErrorBar, RefusalBar } from '../../ui/refusal-bar.tsx'
import { UserStatusBadge } from '../../ui/status-badge.tsx'
import { useWords } from '../../words/words.ts'
import { SkippedItems } from './skipped-items.tsx'
import { UserCommands } from './user-commands.tsx'
import { UserFacts } from './user-facts.tsx'
import { UserFolders } from './user-folders.tsx'
import { UserPasses } from './user-passes.tsx'
import { UserWaybills } from './user-waybills.tsx'
import { userQuery } from './user-queries.ts'
import '../../style/users.css'

export default function UserPane() {
  const { batch, user: identity = '' } = useParams()
  const { search } = useLocation()
  const words = useWords()
  const mayChange = useMay('migration')
  const { data: user, error } = useQuery(userQuery(batch, identity))
  const isGone = isNotThere(error)
  return (
    <Pane
      key={identity}
      title={user?.identity ?? identity}
      closeTo={batch === undefined ? paths.users() : paths.batches()}
      above={
        batch === undefined ? null : (
          <Link to={paths.batch(batch) + search} state={BACK}>
            {words.user.backToBatch(batch)}
          </Link>
        )
      }
    >
      {isGone ? <p>{words.user.gone}</p> : <RefusalBar thrown={error} />}
      {user === undefined && error === null && <Loading />}
      {user !== undefined && !isGone && (
        <>
          <div className="pane-status">
            <UserStatusBadge status={user.status} />
            <DownloadButton
              size="small"
              label={words.user.report}
              route="exportUserReport"
              params={{ identity: user.guid }}
            />
          </div>
          {mayChange && (
            <UserCommands user={user} backTo={(batch === undefined ? paths.users() : paths.batch(batch)) + search} />
          )}
          {user.error !== '' && (
            <ErrorBar
              title={words.user.error}
              code={codesOf(user.errorType)[0]}
              detail={user.error}
              remedy={user.errorRemedy}
            />
          )}
          {mayChange && user.statusSummary === 'Failed' && <p className="small">{words.user.howToCorrect}</p>}
          <UserFacts user={user} />
          <SkippedItems user={user} />
          <UserFolders user={user} />
          <UserPasses passes={user.report ?? []} />
          <UserWaybills user={user} />
        </>
      )}
    </Pane>
  )
}
