/** Whether mail could be written there now: the folder is tried, the server is asked, a mailbox is opened as its administrator. */
import { Button, Field, Input } from '@fluentui/react-components'
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected'
import { useState } from 'react'
import type { MailboxDatabase } from '#contract/database.ts'
import { ask } from '../../api.ts'
import { beyondFields, wrongAt } from '../../forms/field-refusal.ts'
import { useSending } from '../../sending.ts'
import { timed } from '../../timed.ts'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { TestResult } from '../../ui/test-result.tsx'
import { useWords } from '../../words/words.ts'

export function DatabaseTestPart({ database }: { readonly database: MailboxDatabase }) {
  const words = useWords()
  const [mailbox, setMailbox] = useState('')
  const asksMailbox = database.loginTemplate !== null
  const test = useSending({
    mutationFn: () =>
      timed(
        ask('testDatabase', {
          params: { identity: database.guid },
          body: mailbox.trim() === '' || !asksMailbox ? {} : { testMailbox: mailbox.trim() },
        }),
      ),
  })
  return (
    <form
      noValidate
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!test.isPending) test.mutate()
      }}
    >
      <div className="test-line">
        {asksMailbox && (
          <Field
            className="test-field"
            label={words.databases.testMailbox}
            hint={words.databases.testMailboxHint}
            validationMessage={wrongAt(test.error, 'testMailbox')}
          >
            <Input
              value={mailbox}
              autoComplete="off"
              onChange={(_, { value }) => {
                test.reset()
                setMailbox(value)
              }}
            />
          </Field>
        )}
        <Button type="submit" icon={<PlugConnectedRegular />} disabledFocusable={test.isPending}>
          {test.isPending ? words.endpointForm.testing : words.databases.test}
        </Button>
      </div>
      <RefusalBar thrown={beyondFields(test.error, ['testMailbox'])} />
      <TestResult test={test.data} bad={words.databases.testBad} />
    </form>
  )
}
