import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'

export const setMigrationConfig = cmdlet({
  name: 'Set-MigrationConfig',
  synopsis: 'Changes the settings of the migration service.',
  description:
    'Changes limits of the whole service, and when batches that nobody changes end by themselves: an end is announced 7 days before, and what a removed batch did stays in its archive.',
  impact: 'low',
  parameters: {
    MaxNumberOfBatches: { type: 'int', help: 'Batches there may be.' },
    MaxConcurrentMigrations: { type: 'int', help: 'Mailboxes that may migrate at once, of all endpoints together.' },
    IncrementalSyncInterval: { type: 'timeSpan', help: 'How long after a sync a mailbox is synced again.' },
    AdminAuditLogAgeLimit: { type: 'timeSpan', help: 'How long the audit log is kept: from 1 to 3650 days.' },
    StopSyncedBatchesAfter: {
      type: 'timeSpan',
      help: 'How long nobody changes a synced batch before it is stopped; 0 is never.',
    },
    RemoveStoppedBatchesAfter: {
      type: 'timeSpan',
      help: 'How long a batch is stopped before it is removed; 0 is never.',
    },
    RemoveFailedBatchesAfter: {
      type: 'timeSpan',
      help: 'How long a batch has failed before it is removed; 0 is never.',
    },
    RemoveCompletedBatchesAfter: {
      type: 'timeSpan',
      help: 'How long a batch is completed before it is removed; 0 is never.',
    },
    RemoveArchivesAfter: {
      type: 'timeSpan',
      help: 'How long the archive of a removed batch is kept; 0 is for ever, less than 30 days are refused. Waybill files stay in any case.',
    },
  },
  foreign: { Features: 'Exchange Server; all features are always on' },
  examples: [
    { code: 'Set-MigrationConfig -IncrementalSyncInterval 12:00:00', says: 'Syncs mailboxes twice a day.' },
    { code: 'Set-MigrationConfig -StopSyncedBatchesAfter 0', says: 'Syncs batches until somebody stops them.' },
  ],
  async run(given, { client, should }) {
    if (!(await should('Migration service'))) return
    await client.ask(ROUTES.updateConfig, {
      body: {
        maxNumberOfBatches: given.MaxNumberOfBatches,
        maxConcurrentMigrations: given.MaxConcurrentMigrations,
        incrementalSyncInterval: given.IncrementalSyncInterval,
        adminAuditLogAgeLimit: given.AdminAuditLogAgeLimit,
        stopSyncedBatchesAfter: given.StopSyncedBatchesAfter,
        removeStoppedBatchesAfter: given.RemoveStoppedBatchesAfter,
        removeFailedBatchesAfter: given.RemoveFailedBatchesAfter,
        removeCompletedBatchesAfter: given.RemoveCompletedBatchesAfter,
        removeArchivesAfter: given.RemoveArchivesAfter,
      },
    })
  },
})
