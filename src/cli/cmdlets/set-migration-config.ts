import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'

export const setMigrationConfig = cmdlet({
  name: 'Set-MigrationConfig',
  synopsis: 'Changes the settings of the migration service.',
  description: 'Changes limits of the whole service; an endpoint has limits of its own besides.',
  impact: 'low',
  parameters: {
    MaxNumberOfBatches: { type: 'int', help: 'Batches there may be.' },
    MaxConcurrentMigrations: { type: 'int', help: 'Mailboxes that may migrate at once, of all endpoints together.' },
    IncrementalSyncInterval: { type: 'timeSpan', help: 'How long after a sync a mailbox is synced again.' },
    AdminAuditLogAgeLimit: { type: 'timeSpan', help: 'How long the audit log is kept: from 1 to 3650 days.' },
  },
  foreign: { Features: 'Exchange Server; all features are always on' },
  examples: [{ code: 'Set-MigrationConfig -IncrementalSyncInterval 12:00:00', says: 'Syncs mailboxes twice a day.' }],
  async run(
    { MaxNumberOfBatches, MaxConcurrentMigrations, IncrementalSyncInterval, AdminAuditLogAgeLimit },
    { client, should },
  ) {
    if (!(await should('Migration service'))) return
    await client.ask(ROUTES.updateConfig, {
      body: {
        maxNumberOfBatches: MaxNumberOfBatches,
        maxConcurrentMigrations: MaxConcurrentMigrations,
        incrementalSyncInterval: IncrementalSyncInterval,
        adminAuditLogAgeLimit: AdminAuditLogAgeLimit,
      },
    })
  },
})
