/** A new API token. It is shown this once: it is kept in this dialog alone, in no cache, no address and no storage. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Select,
} from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Scope } from '#contract/organization.ts'
import { ask, urlOf } from '../api.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { SCOPE_NAMES } from '../session.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { beyondFields, wrongAt } from './field-refusal.ts'
import { RoleField } from './role-field.tsx'

const DAY_MS = 86_400_000
const PRESET_DAYS = [7, 30, 90, 365]
const STANDARD_DAYS = 90
/** As the service has it. */
const MOST_DAYS = 3650
const OTHER = 'other'

interface Made {
  readonly name: string
  readonly token: string
}

export default function TokenForm({ onClose }: { readonly onClose: () => void }) {
  const { tokens: words } = useWords()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Scope>('view')
  const [valid, setValid] = useState(String(STANDARD_DAYS))
  const [day, setDay] = useState('')
  const [made, setMade] = useState<Made | null>(null)
  const expiresAt = valid === OTHER ? endOf(day) : new Date(Date.now() + Number(valid) * DAY_MS)
  const create = useSending({
    // What it answers would stay in the cache of mutations: it answers nothing.
    async mutationFn() {
      const { token } = await ask('createToken', {
        body: { name: name.trim(), scopes: [scope], expiresAt: expiresAt!.toISOString() },
      })
      setMade({ name: name.trim(), token })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: [LIVE] }),
  })
  if (made !== null) return <Shown made={made} onClose={onClose} />
  return (
    <FormDialog
      title={words.new}
      submit={words.create}
      isReady={name.trim() !== '' && expiresAt !== null && !create.isPending}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <Field label={words.name} required hint={words.nameHint} validationMessage={wrongAt(create.error, 'name')}>
        <Input value={name} autoComplete="off" onChange={(_, { value }) => setName(value)} />
      </Field>
      <RoleField
        label={words.scope}
        names={SCOPE_NAMES}
        words={words.scopes}
        value={scope}
        onChange={(chosen) => setScope(chosen)}
      />
      <div className="two">
        <Field label={words.expiry}>
          <Select value={valid} onChange={(_, { value }) => setValid(value)}>
            {PRESET_DAYS.map((days) => (
              <option key={days} value={days}>
                {words.days(days)}
              </option>
            ))}
            <option value={OTHER}>{words.otherDate}</option>
          </Select>
        </Field>
        {valid === OTHER && (
          <Field
            label={words.until}
            required
            validationMessage={
              wrongAt(create.error, 'expiresAt') ?? (day !== '' && expiresAt === null ? words.untilWrong : null)
            }
          >
            <Input type="date" value={day} onChange={(_, { value }) => setDay(value)} />
          </Field>
        )}
      </div>
      <RefusalBar thrown={beyondFields(create.error, ['name', 'expiresAt'])} />
    </FormDialog>
  )
}

/** The last moment of a day here; null: none, or one that the service would not take. */
function endOf(day: string): Date | null {
  const end = new Date(`${day}T23:59:59`)
  const days = (end.getTime() - Date.now()) / DAY_MS
  return days > 0 && days <= MOST_DAYS ? end : null
}

function Shown({ made: { name, token }, onClose }: { readonly made: Made; readonly onClose: () => void }) {
  const { tokens: words } = useWords()
  // Not as an argument of curl, which everybody on the machine could read.
  const line = `curl -H @- ${location.origin}${urlOf('listBatches')} <<< 'Authorization: Bearer ${token}'`
  return (
    // Neither Escape nor a slip of the mouse takes away what is not shown again.
    <Dialog open modalType="alert">
      <DialogSurface className="form-dialog">
        <DialogBody>
          <DialogTitle>{words.madeTitle(name)}</DialogTitle>
          <DialogContent className="form">
            <p>{words.once}</p>
            <CopyField label={words.token} value={token} />
            <CopyField label={words.tryIt} value={line} />
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {words.stored}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
