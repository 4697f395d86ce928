/** A status with its colour; the word says it without the colour, too. */
import { Badge } from '@fluentui/react-components'
import type { BatchStatus, UserStatus } from '#contract/states.ts'
import { useWords } from '../words/words.ts'

export type Tone = 'subtle' | 'brand' | 'success' | 'warning' | 'danger'

/** A new status does not compile until it has a colour. */
const BATCH_TONE: Readonly<Record<BatchStatus, Tone>> = {
  Created: 'subtle',
  Starting: 'brand',
  Syncing: 'brand',
  IncrementalSyncing: 'brand',
  Synced: 'success',
  SyncedWithErrors: 'warning',
  Stopping: 'subtle',
  Stopped: 'subtle',
  Waiting: 'subtle',
  Completing: 'brand',
  Completed: 'success',
  CompletedWithErrors: 'warning',
  Failed: 'danger',
  Removing: 'subtle',
  Corrupted: 'danger',
}

const USER_TONE: Readonly<Record<UserStatus, Tone>> = {
  Validating: 'subtle',
  Provisioning: 'subtle',
  ProvisionUpdating: 'subtle',
  Queued: 'subtle',
  Starting: 'brand',
  Syncing: 'brand',
  Synced: 'success',
  IncrementalSyncing: 'brand',
  IncrementalSynced: 'success',
  IncrementalFailed: 'danger',
  IncrementalStopped: 'subtle',
  Completing: 'brand',
  CompletionSynced: 'success',
  CompletionFailed: 'danger',
  Completed: 'success',
  CompletedWithWarnings: 'warning',
  Stopping: 'subtle',
  Stopped: 'subtle',
  Failed: 'danger',
  Corrupted: 'danger',
  Removing: 'subtle',
}

export function BatchStatusBadge({ status }: { readonly status: BatchStatus }) {
  return <Tinted tone={BATCH_TONE[status]} text={useWords().batchStatus[status]} />
}

export function UserStatusBadge({ status }: { readonly status: UserStatus }) {
  return <Tinted tone={USER_TONE[status]} text={useWords().userStatus[status]} />
}

export const Tinted = ({ tone, text }: { readonly tone: Tone; readonly text: string }) => (
  <Badge appearance="tint" color={tone} shape="rounded" className="status" title={text}>
    {text}
  </Badge>
)
