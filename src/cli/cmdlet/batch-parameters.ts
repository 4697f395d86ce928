/** What New- and Set-MigrationBatch share: the choices of a batch. */
import type { Parameters, Values } from './declare.ts'

export const batchChoices = {
  StartAfter: {
    type: 'dateTime',
    nullable: true,
    help: 'Mail begins to move after this time; without a zone it is in -TimeZone. A new batch is started by it.',
  },
  CompleteAfter: { type: 'dateTime', help: 'Refused: an IMAP batch has no completion.' },
  TimeZone: {
    type: 'timeZone',
    default: 'UTC (Coordinated Universal Time)',
    help: 'Zone of times that have none: an IANA name or one of Windows.',
  },
  NotificationEmails: { type: 'list', help: 'Who gets the reports by mail; replaces the whole list.' },
  ReportInterval: { type: 'timeSpan', help: 'How often a report is mailed; 00:00:00 is never.' },
  AllowUnknownColumnsInCsv: { type: 'bool', help: 'Ignore columns of the CSV file that are not known.' },
  ExcludeFolders: {
    type: 'list',
    help: 'Folders to leave out, from the root of the mailbox: Name, Name/*, #JunkEmail#, #Inbox#/*.',
  },
  IncludeFolders: { type: 'list', help: 'Only these folders, written as in -ExcludeFolders.' },
  ContentFilter: {
    type: 'string',
    help: "Only messages received then: Received -ge '2020-01-01' -and Received -lt '2024-01-01'.",
  },
  ContentFilterLanguage: { type: 'string', help: 'Language in which dates of -ContentFilter are written.' },
  AllowIncrementalSyncs: { type: 'bool', help: 'With $false the batch stops after the initial sync.' },
} as const satisfies Parameters

/** The choices as the API takes them. */
export const batchBody = (values: Values<typeof batchChoices> & { readonly SkipReports?: boolean | undefined }) => ({
  startAfter: values.StartAfter,
  completeAfter: values.CompleteAfter,
  timeZone: values.TimeZone,
  notificationEmails: values.NotificationEmails && [...values.NotificationEmails],
  reportInterval: values.ReportInterval,
  skipReports: values.SkipReports,
  allowUnknownColumnsInCsv: values.AllowUnknownColumnsInCsv,
  excludeFolders: values.ExcludeFolders && [...values.ExcludeFolders],
  includeFolders: values.IncludeFolders && [...values.IncludeFolders],
  contentFilter: values.ContentFilter,
  contentFilterLanguage: values.ContentFilterLanguage,
  allowIncrementalSyncs: values.AllowIncrementalSyncs,
})
