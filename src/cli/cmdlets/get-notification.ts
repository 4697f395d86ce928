import { NOTIFICATION_CHANNELS, NOTIFICATION_STATES } from '#contract/notification-kinds.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { BATCH_OBJECTS, resultSize } from '../cmdlet/identities.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'

export const getNotification = cmdlet({
  name: 'Get-Notification',
  synopsis: 'Shows reports that were sent, are waiting, or failed.',
  description:
    'Shows each report to each recipient, newest first: whether a mail server or the hook has taken it, when it is tried again, and why it was not taken. They are kept for 90 days, those of removed batches too.',
  parameters: {
    BatchId: {
      type: 'string',
      position: 0,
      fromPipeline: BATCH_OBJECTS,
      completes: 'batches',
      help: 'Only those of this batch, by its name or Guid.',
    },
    Status: { type: 'enum', values: NOTIFICATION_STATES, help: 'Only those in this state.' },
    Channel: { type: 'enum', values: NOTIFICATION_CHANNELS, help: 'Only mails, or only calls of the hook.' },
    ResultSize: resultSize,
  },
  examples: [
    { code: 'Get-Notification IMAPBatch1', says: 'Shows whom a batch has told what.' },
    {
      code: 'Get-Notification -Status Waiting | Format-Table Recipient,NextAttemptDateTime,Message',
      says: 'Shows what waits, and what for.',
    },
  ],
  async *run({ BatchId, Status, Channel, ResultSize }, call) {
    const query = { batch: BatchId, status: Status, channel: Channel }
    const found = call.client.list(ROUTES.listNotifications, { query }, pageSizeFor(ResultSize))
    yield* takeResults(found, { type: 'Notification', size: ResultSize }, call)
  },
})
