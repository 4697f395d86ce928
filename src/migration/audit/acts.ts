/**
 * What each act is called in the audit log, and which object it is done to. Every route that is not a GET is here, and
 * those GETs that hand out mail or whole files; one that was forgotten is recorded under its route's name all the same.
 */
import type { RouteName } from '#contract/routes/all.ts'

export interface Act {
  /** The cmdlet that does the same, also where the API was asked. */
  readonly cmdlet: string
  /** The route that shows the object, before and after: by the identity of the call, then by the Guid. */
  readonly view?: View
  /** `creates`: there is nothing before. `removes`: nothing is left, though it may take a while. `reads`: nothing changes. */
  readonly effect?: 'creates' | 'removes' | 'reads'
  /** Fields of path or body of which the first that is given names the object, where nothing shows it. */
  readonly named?: readonly string[]
  /** Field of the answer that names the object, where the caller may leave that open. */
  readonly answered?: string
  /** The object is whoever asks. */
  readonly isOwn?: true
}

/** A GET route for one object; `token` has none and is looked up in its list. */
export type View = Extract<RouteName, `get${string}`> | 'token'

const batch = { view: 'getBatch' } as const
const user = { view: 'getUser' } as const
const endpoint = { view: 'getEndpoint' } as const
const database = { view: 'getDatabase' } as const
const administrator = { view: 'getAdministrator' } as const

export const ACTS: { readonly [Name in RouteName]?: Act } = {
  createEndpoint: { cmdlet: 'New-MigrationEndpoint', ...endpoint, effect: 'creates' },
  updateEndpoint: { cmdlet: 'Set-MigrationEndpoint', ...endpoint },
  removeEndpoint: { cmdlet: 'Remove-MigrationEndpoint', ...endpoint, effect: 'removes' },
  testConnection: { cmdlet: 'Test-MigrationServerAvailability', effect: 'reads', named: ['endpoint', 'remoteServer'] },
  createDatabase: { cmdlet: 'New-MailboxDatabase', ...database, effect: 'creates' },
  updateDatabase: { cmdlet: 'Set-MailboxDatabase', ...database },
  removeDatabase: { cmdlet: 'Remove-MailboxDatabase', ...database, effect: 'removes' },
  testDatabase: { cmdlet: 'Test-MailboxDatabase', ...database, effect: 'reads' },
  // The first half of New- and Set-MigrationBatch -CSVData.
  uploadCsv: { cmdlet: 'Import-MigrationCSV' },
  createBatch: { cmdlet: 'New-MigrationBatch', ...batch, effect: 'creates' },
  updateBatch: { cmdlet: 'Set-MigrationBatch', ...batch },
  startBatch: { cmdlet: 'Start-MigrationBatch', ...batch },
  stopBatch: { cmdlet: 'Stop-MigrationBatch', ...batch },
  completeBatch: { cmdlet: 'Complete-MigrationBatch', ...batch },
  removeBatch: { cmdlet: 'Remove-MigrationBatch', ...batch, effect: 'removes' },
  updateUser: { cmdlet: 'Set-MigrationUser', ...user },
  startUser: { cmdlet: 'Start-MigrationUser', ...user },
  stopUser: { cmdlet: 'Stop-MigrationUser', ...user },
  removeUser: { cmdlet: 'Remove-MigrationUser', ...user, effect: 'removes' },
  getSkippedItemEml: { cmdlet: 'Export-MigrationSkippedItem', ...user, effect: 'reads' },
  exportUserReport: { cmdlet: 'Export-MigrationUserReport', ...user, effect: 'reads' },
  getUserWaybill: { cmdlet: 'Export-MigrationWaybill', ...user, effect: 'reads' },
  updateConfig: { cmdlet: 'Set-MigrationConfig', view: 'getConfig' },
  updateNotificationSettings: { cmdlet: 'Set-NotificationConfig', view: 'getNotificationSettings' },
  testNotificationSettings: { cmdlet: 'Test-NotificationConfig', effect: 'reads', named: ['recipient'] },
  exportReport: { cmdlet: 'Export-MigrationReport', effect: 'reads', named: ['identity'] },
  exportAuditLog: { cmdlet: 'Search-AdminAuditLog', effect: 'reads' },
  createAdministrator: { cmdlet: 'New-Administrator', ...administrator, effect: 'creates' },
  updateAdministrator: { cmdlet: 'Set-Administrator', ...administrator },
  removeAdministrator: { cmdlet: 'Remove-Administrator', ...administrator, effect: 'removes' },
  // waybill admin reset
  resetAdministrator: { cmdlet: 'Reset-Administrator', ...administrator, answered: 'administrator' },
  updateOpenIdSettings: { cmdlet: 'Set-OpenIdSetting', view: 'getOpenIdSettings' },
  testOpenIdSettings: { cmdlet: 'Test-OpenIdSetting', effect: 'reads' },
  updateOwnAccount: { cmdlet: 'Set-OwnAccount', isOwn: true },
  changePassword: { cmdlet: 'Set-OwnPassword', isOwn: true },
  signOut: { cmdlet: 'Sign-Out', isOwn: true },
  createToken: { cmdlet: 'New-ApiToken', view: 'token', effect: 'creates' },
  revokeToken: { cmdlet: 'Remove-ApiToken', view: 'token', effect: 'removes' },
}

/** Cmdlets of the log that nobody can type: what the API alone does. */
export const API_ONLY = [
  'Import-MigrationCSV',
  'Export-MigrationSkippedItem',
  'Export-MigrationUserReport',
  'Export-MigrationWaybill',
  'New-ApiToken',
  'Remove-ApiToken',
  'Reset-Administrator',
  'Set-OwnAccount',
  'Set-OwnPassword',
  'Sign-Out',
] as const
