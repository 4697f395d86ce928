/** Parameters of Exchange's cmdlets that Waybill knows and does not have: what they are for. */

const REMOTE = 'remote moves between Exchange organizations'
const STAGED = 'cutover and staged migrations from Exchange'
const GMAIL = 'migrations from Google Workspace'
const PREMISES = 'Exchange Server'
const FOLDERS = 'public folders'
const MICROSOFT = "Microsoft's internal use"

export const FOREIGN_ENDPOINT: Readonly<Record<string, string>> = {
  ExchangeRemoteMove: REMOTE,
  ExchangeOutlookAnywhere: STAGED,
  Gmail: GMAIL,
  PublicFolder: FOLDERS,
  PublicFolderToUnifiedGroup: FOLDERS,
  PSTImport: 'PST files',
  Compliance: MICROSOFT,
  Credentials: 'endpoints that log in as one administrator; for IMAP the log-ins are in the CSV file',
  ApplicationId: REMOTE,
  AppSecretKeyVaultUrl: REMOTE,
  RemoteTenant: REMOTE,
  Autodiscover: 'Exchange, which has Autodiscover',
  EmailAddress: 'Exchange, which has Autodiscover',
  ExchangeServer: STAGED,
  RpcProxyServer: STAGED,
  NspiServer: STAGED,
  MailboxPermission: STAGED,
  SourceMailboxLegacyDN: STAGED,
  TestMailbox: 'endpoints that log in as one administrator; for IMAP the log-ins are in the CSV file',
  ServiceAccountKeyFileData: GMAIL,
  OAuthCode: GMAIL,
  RedirectUri: GMAIL,
}

export const FOREIGN_BATCH: Readonly<Record<string, string>> = {
  AutoRetryCount: `${PREMISES}; Waybill retries by itself what may succeed later`,
  BadItemLimit: `${PREMISES}; Waybill lists every item that was left out`,
  LargeItemLimit: `${PREMISES}; Waybill lists every item that was left out`,
  MoveOptions: REMOTE,
  SkipMerging: REMOTE,
  SkipMoving: REMOTE,
  SourcePublicFolderDatabase: FOLDERS,
}

export const FOREIGN_NEW_BATCH: Readonly<Record<string, string>> = {
  ...FOREIGN_BATCH,
  Local: 'local moves within Exchange Server',
  TargetEndpoint: 'offboarding from Exchange Online',
  TargetDeliveryDomain: REMOTE,
  TargetArchiveDatabases: 'archive mailboxes, which IMAP does not have',
  ArchiveOnly: 'archive mailboxes, which IMAP does not have',
  PrimaryOnly: 'archive mailboxes, which IMAP does not have',
  ArchiveDomain: 'archive mailboxes, which IMAP does not have',
  AdoptPreexisting: REMOTE,
  RemoveOnCopy: REMOTE,
  DisallowExistingUsers: PREMISES,
  Locale: PREMISES,
  SkipSteps: STAGED,
  WorkloadType: MICROSOFT,
  WorkflowControlFlags: MICROSOFT,
  WorkflowTemplate: MICROSOFT,
  ContentFilterQuery: MICROSOFT,
  SkipMail: GMAIL,
  SkipCalendar: GMAIL,
  SkipContacts: GMAIL,
  SkipRules: GMAIL,
  SkipDelegates: GMAIL,
  SkipProvisioning: GMAIL,
  AutoProvisioning: GMAIL,
  MigrateTasks: GMAIL,
  ForwardingDisposition: GMAIL,
  SimplifiedSwitchOver: GMAIL,
  GoogleResource: GMAIL,
  ManagedGmailTeams: GMAIL,
  Analyze: MICROSOFT,
  SkipDetails: MICROSOFT,
  SkipReportsDetails: MICROSOFT,
  Restore: MICROSOFT,
  XMLData: FOLDERS,
  UnifiedGroup: FOLDERS,
  PublicFolderToUnifiedGroup: FOLDERS,
}

export const FOREIGN_GET: Readonly<Record<string, string>> = {
  DiagnosticInfo: MICROSOFT,
  DiagnosticArgument: MICROSOFT,
  Diagnostic: MICROSOFT,
  IncludeAssociatedUsers: 'cross-tenant moves, whose users have auxiliary archives',
  SkipSubscription: 'Exchange, whose subscriptions are looked up apart; Waybill always answers at once',
  MailboxGuid: 'Exchange mailboxes; name the user by its address or Guid',
  ConnectionSettings: PREMISES,
  AllPartitions: MICROSOFT,
}

export const FOREIGN_COMMAND: Readonly<Record<string, string>> = {
  Force: `${PREMISES}; -Confirm:$false is what keeps Waybill from asking`,
  Validate: PREMISES,
  BadItemLimit: PREMISES,
  LargeItemLimit: PREMISES,
}

export const FOREIGN_COMPLETE: Readonly<Record<string, string>> = {
  SyncAndComplete: 'migration types that have a completion; for IMAP use Set-MigrationBatch -SyncNow',
  CompletePublicFolderMigrationWithDataLoss: FOLDERS,
}
