/** A test mail, or a call of the hook, with what is stored; its result in the other side's own words. */
import { Button, Field, Input } from '@fluentui/react-components'
import { SendRegular } from '@fluentui/react-icons/svg/send'
import { useState } from 'react'
import type { NotificationChannel } from '#contract/notification-kinds.ts'
import { ask } from '../../api.ts'
import { beyondFields, wrongAt } from '../../forms/field-refusal.ts'
import { useSending } from '../../sending.ts'
import { timed } from '../../timed.ts'
import { CommandButton } from '../../ui/command-button.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { TestResult } from '../../ui/test-result.tsx'
import { useWords } from '../../words/words.ts'

interface ChannelTestProps {
  readonly channel: NotificationChannel
  /** Why it would not test what one sees. */
  readonly reason: string | null
}

export function ChannelTest({ channel, reason }: ChannelTestProps) {
  const words = useWords()
  const labels = words.settings.test
  const [recipient, setRecipient] = useState('')
  const isMail = channel === 'Mail'
  const test = useSending({
    mutationFn: () =>
      timed(
        ask('testNotificationSettings', {
          body: { channel, ...(isMail && recipient.trim() !== '' && { recipient: recipient.trim() }) },
        }).then(({ results }) => results[0]!),
      ),
  })
  return (
    <div className="form settings-test">
      <div className="test-line">
        {isMail && (
          <Field className="test-field" label={labels.recipient} validationMessage={wrongAt(test.error, 'recipient')}>
            <Input
              type="email"
              value={recipient}
              autoComplete="off"
              onChange={(_, { value }) => {
                test.reset()
                setRecipient(value)
              }}
            />
          </Field>
        )}
        {test.isPending ? (
          <Button disabledFocusable>{labels.running}</Button>
        ) : (
          <CommandButton
            icon={<SendRegular />}
            label={isMail ? labels.mail : labels.hook}
            reason={reason}
            onPress={() => test.mutate()}
          />
        )}
      </div>
      <RefusalBar thrown={beyondFields(test.error, ['recipient'])} />
      <TestResult test={test.data} bad={labels.bad} />
    </div>
  )
}
