/** ExcludeFolders: those that every mailbox has, to be ticked, and others by their names. */
import { Checkbox, Field, Textarea } from '@fluentui/react-components'
import { useId, useState } from 'react'
import { withAllBelow } from '#contract/well-known-folders.ts'
import { useWords } from '../../words/words.ts'

/** What mailboxes on IMAP servers have, and what Exchange adds to it. */
const OFFERED = [
  'DeletedItems',
  'JunkEmail',
  'Drafts',
  'SentItems',
  'Archive',
  'AllItems',
  'Inbox',
  'Outbox',
  'Calendar',
  'Contacts',
  'Tasks',
  'Notes',
  'Journal',
] as const

interface ExcludeFoldersProps {
  readonly value: readonly string[]
  onChange(patterns: string[]): void
  /** What the service said about it. */
  readonly wrong?: string | null | undefined
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

export function ExcludeFolders({ value, onChange, wrong = null }: ExcludeFoldersProps) {
  const words = useWords()
  const label = useId()
  const isTicked = (folder: (typeof OFFERED)[number]) => value.some((one) => same(one, withAllBelow(folder)))
  const ticked = OFFERED.filter(isTicked)
  const own = value.filter((one) => !OFFERED.some((folder) => same(one, withAllBelow(folder))))
  const tell = (folders: readonly (typeof OFFERED)[number][], others: readonly string[]) =>
    onChange([...folders.map(withAllBelow), ...others])
  return (
    <>
      <div role="group" aria-labelledby={label}>
        <div id={label} className="group-label">
          {words.choices.exclude}
        </div>
        <p className="small">{words.choices.excludeHint}</p>
        <div className="ticks">
          {OFFERED.map((folder) => (
            <Checkbox
              key={folder}
              label={words.choices.folders[folder]}
              checked={isTicked(folder)}
              onChange={(_, { checked }) =>
                tell(
                  OFFERED.filter((one) => (one === folder ? checked === true : ticked.includes(one))),
                  own,
                )
              }
            />
          ))}
        </div>
        <p className="small">{words.choices.gmail}</p>
      </div>
      <FolderLines
        label={words.choices.excludeOwn}
        value={own}
        wrong={wrong}
        onChange={(others) => tell(ticked, others)}
      />
    </>
  )
}

export function IncludeFolders(props: ExcludeFoldersProps) {
  return <FolderLines label={useWords().choices.include} {...props} />
}

/** A pattern in each line. */
function FolderLines({ label, value, onChange, wrong = null }: ExcludeFoldersProps & { readonly label: string }) {
  const words = useWords()
  // As it is typed: an empty line is none of the patterns, and must not vanish under the cursor.
  const [typed, setTyped] = useState(() => value.join('\n'))
  return (
    <Field
      label={label}
      hint={words.choices.folderHint}
      validationMessage={wrong}
      validationState={wrong === null ? 'none' : 'error'}
    >
      <Textarea
        value={typed}
        resize="vertical"
        onChange={(_, { value: text }) => {
          setTyped(text)
          onChange(linesOf(text))
        }}
      />
    </Field>
  )
}
