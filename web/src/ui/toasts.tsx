/** What has been asked for, told in a corner. */
import { Toast, Toaster, ToastTitle, useToastController } from '@fluentui/react-components'
import { Refusal } from '../api.ts'
import { faultOf, translated } from '../words/said.ts'
import { textOf } from './refusal-bar.tsx'

const PLACE = 'toasts'

export const ToastPlace = () => <Toaster toasterId={PLACE} position="bottom-end" />

export function useTell() {
  const { dispatchToast } = useToastController(PLACE)
  const tell = (text: string, intent: 'success' | 'error') =>
    dispatchToast(
      <Toast>
        <ToastTitle>{text}</ToastTitle>
      </Toast>,
      { intent, timeout: intent === 'error' ? 10_000 : 4_000 },
    )
  return {
    done: (text: string) => tell(text, 'success'),
    failed: (thrown: unknown, away: string) => {
      const refusal = thrown instanceof Refusal ? thrown : null
      const what = refusal && faultOf(refusal.code)
      tell([what, textOf(thrown) || away, translated(refusal?.remedy ?? '')].filter(Boolean).join(' '), 'error')
    },
  }
}
