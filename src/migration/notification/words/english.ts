import { sentence } from '#base/sentence.ts'
import { END_REASONS } from '../../batch/end-why.ts'
import type { Words } from './words.ts'

const withErrors = (hasErrors: boolean) => (hasErrors ? 'with errors' : 'without errors')

export const ENGLISH: Words = {
  tag: 'en',
  locale: 'en-GB',
  units: ['B', 'kB', 'MB', 'GB', 'TB'],
  day: 'd',
  colon: ':',
  subject: (batch, kind, hasErrors) => {
    const named = `E-mail migration batch "${batch}"`
    if (kind === 'Started') return `${named} has started`
    if (kind === 'Progress') return `${named} is in progress`
    return kind === 'Stopped' ? `${named} has been stopped` : `${named} has finished - ${withErrors(hasErrors)}`
  },
  test: {
    subject: 'Waybill: test of the mail settings',
    says: 'This is the test mail that was asked for. Reports of migration batches will come this way.',
  },
  heading: (kind, hasErrors) => {
    if (kind === 'Started') return 'The migration has started'
    if (kind === 'Progress') return 'The migration is in progress'
    return kind === 'Stopped'
      ? 'The migration has been stopped'
      : `The migration has finished - ${withErrors(hasErrors)}`
  },
  expiring: {
    subject: (batch, action, at) =>
      `E-mail migration batch "${batch}" will be ${action === 'Stop' ? 'stopped' : 'removed'} on ${at}`,
    heading: (action, at) => `The migration batch will be ${action === 'Stop' ? 'stopped' : 'removed'} on ${at}`,
    next: (action) =>
      action === 'Stop'
        ? 'No more mail is synced then. Any change to the batch calls this off, such as syncing it now.'
        : 'Its users and their stored passwords are removed then; no mail is, and its reports are archived. Starting or changing the batch calls this off.',
  },
  why: ({ reason, n, unit }) => sentence(`${END_REASONS[reason]} for ${n} ${unit}${n === 1 ? '' : 's'}`),
  status: 'Status',
  statuses: {
    Created: 'Created',
    Starting: 'Starting',
    Syncing: 'Syncing',
    IncrementalSyncing: 'Synced; an incremental sync is running',
    Synced: 'Synced',
    SyncedWithErrors: 'Synced with errors',
    Stopping: 'Stopping',
    Stopped: 'Stopped',
    Waiting: 'Waiting for its start time',
    Completing: 'Completing',
    Completed: 'Completed',
    CompletedWithErrors: 'Completed with errors',
    Failed: 'Failed',
    Removing: 'Removing',
    Corrupted: 'Corrupted',
  },
  batch: 'Batch',
  endpoint: 'Source endpoint',
  started: 'Started',
  total: 'Total mailboxes',
  synced: 'Synced',
  failed: 'Failed',
  stopped: 'Stopped before they were synced',
  active: 'Still to be synced',
  items: 'Items synced',
  skipped: 'Items skipped',
  bytes: 'Data transferred',
  rate: 'Transfer rate',
  perSecond: (bytes) => `${bytes}/s`,
  timeLeft: 'Estimated time left',
  failures: 'Users that failed',
  moreFailures: (count) => `and ${count} more`,
  openBatch: 'Open the batch',
  openErrors: 'Download the errors report',
  batchCommand: 'The batch is shown by',
  errorsCommand: 'The errors report is written by',
  attached: (fileName) =>
    `${fileName} is attached: the rows that failed, without their passwords, and why. Fill in what was wrong, give it to the batch, to change the users that are there, and start the batch again.`,
  tooLarge: 'The errors report is too large to be attached.',
  next: (kind, hasErrors) => {
    if (kind === 'Started' || kind === 'Progress')
      return 'A report follows when all mailboxes are past their initial sync.'
    if (kind === 'Stopped') return 'No more mail is synced. Start the batch to go on.'
    return hasErrors
      ? 'Mailboxes that are synced go on being synced. Starting the batch again tries only what has failed.'
      : 'Mailboxes go on being synced until the batch is stopped or removed.'
  },
  footer: (at) => `As of ${at}. Sent by Waybill, because this address stands in NotificationEmails of the batch.`,
}
