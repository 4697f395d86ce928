/**
 * What the ETag of an object covers: the settings that a form shows and PATCH changes, not the counters of what runs.
 * Where it covers everything, it says that the whole answer is the same.
 */
import { Administrator, SetAdministrator } from './administrator.ts'
import { SetBatch, MigrationBatch } from './batch.ts'
import { MailboxDatabase } from './database.ts'
import { MigrationEndpoint, SetEndpoint } from './endpoint.ts'
import { NotificationSettings } from './notification.ts'
import { OpenIdSetting } from './openid.ts'
import { MigrationConfig } from './organization.ts'

export interface Tag {
  /** In this order; the Guid tells one that was removed and made again from the one before. */
  readonly fields: readonly string[]
  readonly isWhole: boolean
}

interface Shaped {
  readonly shape: object
}

const whole = ({ shape }: Shaped): Tag => ({ fields: Object.keys(shape), isWhole: true })

/** What both the object and its change have. */
const settings = (guid: string, shown: Shaped, set: Shaped): Tag => ({
  fields: [guid, ...Object.keys(shown.shape).filter((field) => field in set.shape)],
  isWhole: false,
})

export const ENDPOINT_TAG = settings('guid', MigrationEndpoint, SetEndpoint)
export const BATCH_TAG = settings('batchGuid', MigrationBatch, SetBatch)
export const USER_TAG: Tag = { fields: ['guid', 'startAfter'], isWhole: false }
export const ADMINISTRATOR_TAG = settings('guid', Administrator, SetAdministrator)
/** Its batches are no setting of it; the date covers the password, too. */
export const DATABASE_TAG: Tag = {
  fields: Object.keys(MailboxDatabase.shape).filter((field) => field !== 'batches'),
  isWhole: false,
}
export const NOTIFICATION_TAG = whole(NotificationSettings)
export const OPENID_TAG = whole(OpenIdSetting)
export const CONFIG_TAG = whole(MigrationConfig)
