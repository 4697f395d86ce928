/** Which properties are shown: those that were named (with wildcards), else a type's default columns. */
import { type PipeObject, propertiesOf, propertyOf, typeOf } from './shape.ts'
import { hasWildcard, wildcard } from './wildcard.ts'

export interface Column {
  readonly head: string
  readonly of: (object: PipeObject) => unknown
}

const column = (head: string, property = head): Column => ({ head, of: (object) => propertyOf(object, property) })

/** As Exchange's own views. */
const VIEWS: Readonly<Record<string, readonly Column[]>> = {
  MigrationBatch: [column('Identity'), column('Status'), column('Type', 'MigrationType'), column('TotalCount')],
  MigrationUser: [
    column('Identity'),
    column('Batch', 'BatchId'),
    column('Status'),
    column('LastSyncTime', 'LastSuccessfulSyncTime'),
  ],
  MigrationUserStatistics: [
    column('Identity'),
    column('Batch', 'BatchId'),
    column('Status'),
    column('Items Synced', 'SyncedItemCount'),
    column('Items Skipped', 'SkippedItemCount'),
  ],
  MigrationEndpoint: [column('Identity'), column('EndpointType'), column('RemoteServer')],
  MailboxDatabase: [
    column('Identity'),
    column('Kind'),
    { head: 'Location', of: (object) => propertyOf(object, 'Path') ?? propertyOf(object, 'Server') },
    column('IsDefault'),
  ],
  Administrator: [column('Identity'), column('DisplayName'), column('Roles'), column('Enabled')],
  MigrationReport: [
    column('Identity'),
    column('BatchId'),
    column('ReportType'),
    column('RowCount'),
    column('CreationTime'),
    column('ArchivedTime'),
  ],
  AdminAuditLogEvent: [
    column('RunDate'),
    column('Caller'),
    column('CmdletName'),
    column('ObjectModified'),
    column('Succeeded'),
  ],
  MigrationWorker: [
    column('Host'),
    column('Addresses'),
    column('Capacity'),
    column('Active'),
    column('LastHeartbeat'),
    column('IsAlive'),
  ],
  MigrationBatchArchive: [column('Identity'), column('ArchivedDateTime'), column('RemovedBy'), column('TotalCount')],
  Notification: [column('BatchId'), column('Kind'), column('Recipient'), column('Status'), column('CreationDateTime')],
  Cmdlet: [column('Name'), column('Synopsis')],
}

/** Their sentences are for reading, not for cutting to a column. */
const LISTS: ReadonlySet<string> = new Set([
  'MailboxDatabaseTest',
  'NotificationTest',
  'OpenIdTest',
  'MigrationServerAvailability',
])

/** Of more properties than this PowerShell makes a list. */
const MOST_COLUMNS = 4

/** Default columns; null when the object is better read as a list. */
export function defaultColumns(object: PipeObject): readonly Column[] | null {
  const type = typeOf(object) ?? ''
  const view = VIEWS[type]
  if (view) return view
  if (LISTS.has(type)) return null
  const names = propertiesOf(object)
  return names.length <= MOST_COLUMNS ? names.map((name) => column(name)) : null
}

/** Names and wildcards in the order given; a name that no property has is shown, and blank. */
export function namedColumns(names: readonly string[], object: PipeObject): Column[] {
  return selectNames(names, object).map((name) => column(name))
}

export function selectNames(names: readonly string[], object: PipeObject): string[] {
  const properties = propertiesOf(object)
  const chosen = names.flatMap((name) => {
    if (!hasWildcard(name)) return [properties.find((own) => own.toLowerCase() === name.toLowerCase()) ?? name]
    return properties.filter(wildcard(name))
  })
  return [...new Set(chosen)]
}
