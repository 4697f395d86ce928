/** Settings, in parts: each card has a Save of its own, and what was typed in one is there when one comes back to it. */
import { Tab, TabList } from '@fluentui/react-components'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { Tagged } from '../api.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { Loading } from '../ui/loading.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { NoSuchPage } from './no-such-page.tsx'
import { AgesCard } from './settings/ages-card.tsx'
import { ConfigFacts } from './settings/config-facts.tsx'
import { HookCard } from './settings/hook-card.tsx'
import { LimitsCard } from './settings/limits-card.tsx'
import { MailCard } from './settings/mail-card.tsx'
import { OpenIdCard } from './settings/openid-card.tsx'
import { NotificationQueue } from './settings/queue.tsx'
import { configQuery, notificationSettingsQuery, openIdQuery } from './settings/settings-queries.ts'
import '../style/objects.css'
import '../style/settings.css'

/** Whoever looks on sees the first and the last. */
const PARTS = ['migration', 'mail', 'hook', 'openid', 'queue'] as const
type Part = (typeof PARTS)[number]
const FOR_ALL: readonly Part[] = ['migration', 'queue']

export default function SettingsPage() {
  const words = useWords()
  const navigate = useNavigate()
  const mayChange = useMay('organization')
  const { part: asked } = useParams()
  const parts = PARTS.filter((part) => mayChange || FOR_ALL.includes(part))
  const part = parts.find((one) => one === asked) ?? 'migration'
  usePageTitle(words.settings.title)
  if (!PARTS.some((one) => one === asked)) return <NoSuchPage />
  const panes: Readonly<Record<Part, () => ReactNode>> = {
    migration: () => (mayChange ? <ConfigPart /> : <ConfigRead />),
    mail: () => <MailPart />,
    hook: () => <HookPart />,
    openid: () => <OpenIdPart />,
    queue: () => <NotificationQueue />,
  }
  return (
    <div className="page settings">
      <h1>{words.settings.title}</h1>
      <TabList
        className="settings-tabs"
        aria-label={words.settings.title}
        selectedValue={part}
        onTabSelect={(_, { value }) => void navigate(paths.settings(value as Part))}
      >
        {parts.map((one) => (
          <Tab key={one} value={one} id={`tab-${one}`} aria-controls={`part-${one}`}>
            {words.settings.parts[one]}
          </Tab>
        ))}
      </TabList>
      {parts.map((one) => (
        <div key={one} id={`part-${one}`} role="tabpanel" aria-labelledby={`tab-${one}`} hidden={one !== part}>
          {panes[one]()}
        </div>
      ))}
    </div>
  )
}

interface AskedProps<Value> {
  readonly query: UseQueryResult<Tagged<Value>>
  children(now: Tagged<Value>): ReactNode
}

function Asked<Value>({ query: { data, error }, children }: AskedProps<Value>) {
  return (
    <>
      <RefusalBar thrown={error} />
      {data === undefined && error === null && <Loading />}
      {data !== undefined && children(data)}
    </>
  )
}

const ConfigPart = () => (
  <Asked query={useQuery(configQuery)}>
    {(now) => (
      <>
        <LimitsCard now={now} />
        <AgesCard now={now} />
      </>
    )}
  </Asked>
)
const ConfigRead = () => <Asked query={useQuery(configQuery)}>{({ value }) => <ConfigFacts config={value} />}</Asked>
const MailPart = () => <Asked query={useQuery(notificationSettingsQuery)}>{(now) => <MailCard now={now} />}</Asked>
const HookPart = () => <Asked query={useQuery(notificationSettingsQuery)}>{(now) => <HookCard now={now} />}</Asked>
const OpenIdPart = () => <Asked query={useQuery(openIdQuery)}>{(now) => <OpenIdCard now={now} />}</Asked>
