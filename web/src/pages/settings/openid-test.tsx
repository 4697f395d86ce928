/** Asks the provider for what it has, and tries the client, with what is stored. */
import { Button } from '@fluentui/react-components'
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected'
import { ask } from '../../api.ts'
import { useSending } from '../../sending.ts'
import { timed } from '../../timed.ts'
import { CommandButton } from '../../ui/command-button.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { TestResult } from '../../ui/test-result.tsx'
import { useWords } from '../../words/words.ts'
import { Warnings } from './warnings.tsx'

export function OpenIdTest({ reason }: { readonly reason: string | null }) {
  const words = useWords()
  const labels = words.settings.test
  const test = useSending({ mutationFn: () => timed(ask('testOpenIdSettings')) })
  return (
    <div className="form settings-test">
      {test.isPending ? (
        <Button className="start" disabledFocusable>
          {labels.running}
        </Button>
      ) : (
        <div>
          <CommandButton
            icon={<PlugConnectedRegular />}
            label={labels.openId}
            reason={reason}
            onPress={() => test.mutate()}
          />
        </div>
      )}
      <RefusalBar thrown={test.error} />
      <TestResult test={test.data} bad={labels.bad} />
      <Warnings texts={test.data?.answer.warnings ?? []} />
    </div>
  )
}
