/** Row types of the durable tables, for kysely. What src/store/sql creates is the truth; these follow it. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { AdminAuditTable } from './audit-tables.ts'
import type { NotificationDeliveryTable, NotificationSettingTable, NotificationTable } from './notification-tables.ts'
import type { OpenIdPendingTable, OpenIdSettingTable } from './openid-tables.ts'
import type { AdministratorSessionTable, FirstPasswordTable, KnownNetworkTable } from './sign-in-tables.ts'

/** timestamptz: a Date when read, a Date or an ISO string when written; left out, the database's now. */
type Time = ColumnType<Date, Date | string, Date | string>
export type TimeOrNone = ColumnType<Date | null, Date | string | null, Date | string | null>

export interface SchemaMigrationTable {
  number: number
  name: string
  /** Of the SQL file as it was when it was applied. */
  sha256: string
  applied_at: Generated<Date>
}

export interface SecretKeyTable {
  id: string
  created_at: Generated<Date>
}

export interface LedgerEpochTable {
  number: number
  began_at: Generated<Date>
  reason: 'Restore' | 'Hand'
  facts: JSONColumnType<object>
}

export interface MailboxDatabaseTable {
  id: string
  name: string
  name_key: string
  kind: 'Imap' | 'Maildir'
  path: string | null
  server: string | null
  port: number | null
  security: 'None' | 'Ssl' | 'Tls' | null
  accept_untrusted: Generated<boolean>
  allow_clear_text: Generated<boolean>
  login_template: string | null
  admin_user: string | null
  admin_password: Buffer | null
  is_default: Generated<boolean>
  created_at: Generated<Date>
  modified_at: Generated<Date>
}

export interface MigrationEndpointTable {
  id: string
  name: string
  name_key: string
  type: 'IMAP'
  remote_server: string
  port: number
  security: 'None' | 'Ssl' | 'Tls'
  authentication: 'Basic'
  accept_untrusted: boolean
  allow_clear_text: boolean
  max_migrations: number
  max_incremental: number
  created_at: Generated<Date>
  modified_at: Generated<Date>
}

/** What an administrator chose for a batch, beside what has a column of its own. */
export interface StoredChoices {
  excludeFolders: string[]
  includeFolders: string[]
  contentFilter: string
  contentFilterLanguage: string
  notificationEmails: string[]
  reportInterval: string
  skipReports: boolean
  allowUnknownColumnsInCsv: boolean
  timeZone: string
  allowIncrementalSyncs: boolean
}

export interface MigrationBatchTable {
  id: string
  name: string
  name_key: string
  type: 'IMAP'
  endpoint_id: string
  database_id: string
  flags: Generated<'None' | 'Start' | 'Stop' | 'Remove'>
  running: Generated<boolean>
  was_started: Generated<boolean>
  is_corrupted: Generated<boolean>
  choices: JSONColumnType<StoredChoices>
  start_after: TimeOrNone
  priority: Generated<number>
  columns: string[]
  warnings: Generated<string[]>
  message: Generated<string>
  submitted_by: string
  created_at: Generated<Date>
  started_at: TimeOrNone
  last_action_at: Generated<Date>
  stopped_at: TimeOrNone
  asked_by: Generated<string>
  asked_why: Generated<string>
  expiry_action: 'Stop' | 'Remove' | null
  expiry_told: TimeOrNone
  starts: Generated<number>
  told_start: Generated<number>
  told_end: Generated<number>
  last_started_at: TimeOrNone
  last_report_at: TimeOrNone
  reports: Generated<number>
  start_items: Generated<number>
  start_bytes: Generated<number>
}

export interface MigrationUserTable {
  id: string
  batch_id: string
  row_number: number
  address: string
  address_key: string
  user_name: string
  user_root: string | null
  password: Buffer | null
  database_id: string
  target_user_name: string | null
  target_password: Buffer | null
  cells: string[]
  holds: boolean
  source_key: Buffer
  target_key: Buffer
  status: string
  status_since: Generated<Date>
  stage: Generated<string>
  start_after: TimeOrNone
  next_at: Generated<Date>
  job_id: string | null
  job_attempt: Generated<number>
  pass_token: string | null
  restart: Generated<boolean>
  transient_failures: Generated<number>
  initial_synced_at: TimeOrNone
  last_synced_at: TimeOrNone
  last_check_at: TimeOrNone
  source_items: number | null
  synced_items: Generated<number>
  transferred_items: Generated<number>
  skipped_items: Generated<number>
  synced_folders: Generated<number>
  transferred_bytes: Generated<number>
  transfer_ms: Generated<number>
  error_code: string | null
  error_message: string | null
  error_remedy: string | null
  mailbox_id: string | null
  queued_ms: Generated<number>
  in_progress_ms: Generated<number>
  synced_ms: Generated<number>
  stalled_ms: Generated<number>
  created_at: Generated<Date>
}

/** What a batch was made of, by the names of its time. */
export interface ArchivedSettings extends StoredChoices {
  sourceEndpoint: { name: string; type: string; remoteServer: string; port: number; security: string }
  targetDatabase: { name: string; kind: string; path: string | null; server: string | null }
  startAfter: string | null
}

export interface ArchivedBatchTable {
  id: string
  name: string
  name_key: string
  type: 'IMAP'
  settings: JSONColumnType<ArchivedSettings>
  columns: string[]
  warnings: string[]
  submitted_by: string
  created_at: Date
  started_at: Date | null
  initial_synced_at: Date | null
  last_synced_at: Date | null
  last_action_at: Date
  archived_at: Generated<Date>
  removed_by: string
  reason: string
  users: JSONColumnType<Partial<Record<string, number>>>
  removed_before: number
  items: number
  skipped: number
  bytes: number
  waybills: number
}

export interface SlotTable {
  endpoint_id: string
  bucket: 'initial' | 'incremental'
  n: number
  job_id: string
  user_id: string
  batch_id: string
  taken_at: Generated<Date>
}

export interface MigrationPassTable {
  id: string
  user_id: string
  kind: 'Initial' | 'Incremental'
  worker: string
  started_at: Generated<Date>
  ended_at: TimeOrNone
  result: 'Running' | 'Synced' | 'Failed' | 'Stopped' | 'Interrupted'
  items: Generated<number>
  bytes: Generated<number>
  message: Generated<string>
  notes: Generated<string[]>
  waybill: string | null
}

export interface ThroughputTable {
  at: Time
  seconds: number
  batch_id: string
  endpoint: string
  kind: 'Initial' | 'Incremental'
  shard: number
  items: number
  bytes: number
}

export interface WorkerTable {
  id: string
  /** Host and pid. */
  name: string
  host: Generated<string>
  version: Generated<string>
  addresses: Generated<string[]>
  used_addresses: Generated<string[]>
  capacity: number
  started_at: Generated<Date>
  heartbeat_at: Generated<Date>
}

export interface CsvFileTable {
  id: string
  content: Buffer
  allow_unknown_columns: boolean
  expires_at: Time
}

export interface ApiTokenTable {
  id: string
  name: string
  name_key: string
  hash: Buffer
  scopes: string[]
  created_at: Generated<Date>
  created_by: string
  expires_at: Time
  last_used_at: TimeOrNone
  owner_id: string | null
}

export interface AdministratorTable {
  id: string
  name: string
  name_key: string
  display_name: string
  mail_address: string | null
  language: 'en' | 'fr' | null
  roles: ('ViewOnly' | 'Migration' | 'OrganizationManagement')[]
  enabled: boolean
  password_hash: string | null
  password_ends_at: TimeOrNone
  must_change_password: boolean
  oidc_subject: string | null
  oidc_issuer: string | null
  source: Generated<'Local' | 'OpenIdConnect'>
  last_sign_in_at: TimeOrNone
  created_at: Generated<Date>
  modified_at: Generated<Date>
}

export interface IdempotencyKeyTable {
  key: Buffer
  object_id: string
  claim: string
  claimed_until: Time
  is_answered: Generated<boolean>
  content: Buffer
  created_at: Generated<Date>
}

export interface SettingTable {
  name: string
  value: JSONColumnType<object>
}

export type EventFacts = Readonly<Record<string, string | number | boolean | null>>

export interface EventTable {
  id: Generated<number>
  at: Generated<Date>
  kind: string
  batch_id: string | null
  batch: string | null
  user_id: string | null
  address: string | null
  endpoint: string | null
  worker: string | null
  facts: JSONColumnType<EventFacts>
}

export interface Tables {
  schema_migration: SchemaMigrationTable
  secret_key: SecretKeyTable
  ledger_epoch: LedgerEpochTable
  mailbox_database: MailboxDatabaseTable
  migration_endpoint: MigrationEndpointTable
  migration_batch: MigrationBatchTable
  migration_user: MigrationUserTable
  archived_batch: ArchivedBatchTable
  slot: SlotTable
  migration_pass: MigrationPassTable
  throughput: ThroughputTable
  worker: WorkerTable
  csv_file: CsvFileTable
  api_token: ApiTokenTable
  administrator: AdministratorTable
  administrator_session: AdministratorSessionTable
  first_password: FirstPasswordTable
  known_network: KnownNetworkTable
  idempotency_key: IdempotencyKeyTable
  openid_setting: OpenIdSettingTable
  openid_pending: OpenIdPendingTable
  setting: SettingTable
  event: EventTable
  admin_audit: AdminAuditTable
  notification_setting: NotificationSettingTable
  notification: NotificationTable
  notification_delivery: NotificationDeliveryTable
}
