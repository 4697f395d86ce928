import { ROUTES } from '#contract/routes/all.ts'
import { STATUS_SUMMARIES, USER_STATUSES } from '#contract/states.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { BATCH_OBJECTS, resultSize, userIdentity } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'
import { hasWildcard } from '../cmdlet/wildcard.ts'

export const getMigrationUser = cmdlet({
  name: 'Get-MigrationUser',
  synopsis: 'Shows migration users: the mailboxes of batches.',
  description: 'Shows one user, those whose address matches a pattern, those of a batch or in a state, or all.',
  parameters: {
    Identity: {
      ...userIdentity,
      mandatory: false,
      sets: ['Identity'],
      help: 'Address or Guid of the user; an address may hold * and ?.',
    },
    EmailAddress: {
      type: 'string',
      mandatory: true,
      sets: ['EmailAddress'],
      help: 'Address of the user; in every batch that it stands in.',
    },
    BatchId: {
      type: 'string',
      fromPipeline: BATCH_OBJECTS,
      completes: 'batches',
      sets: ['Identity', 'List'],
      help: 'Only users of this batch, by its name or Guid.',
    },
    Status: { type: 'enum', values: USER_STATUSES, sets: ['List'], help: 'Only users in this state.' },
    StatusSummary: { type: 'enum', values: STATUS_SUMMARIES, sets: ['List'], help: 'Only users in such a state.' },
    ResultSize: resultSize,
  },
  foreign: FOREIGN_GET,
  examples: [
    { code: 'Get-MigrationUser -BatchId IMAPBatch1', says: 'Lists the users of a batch.' },
    {
      code: 'Get-MigrationUser -BatchId IMAPBatch1 -Status Failed | Start-MigrationUser',
      says: 'Tries the users of a batch again that failed.',
    },
    {
      code: 'Get-MigrationUser -StatusSummary Failed | Format-Table Identity,ErrorSummary',
      says: 'Shows what went wrong.',
    },
  ],
  async *run({ Identity, EmailAddress, BatchId, Status, StatusSummary, ResultSize }, call) {
    const { client } = call
    if (Identity !== undefined && !hasWildcard(Identity)) {
      const params = { identity: Identity }
      yield shape('MigrationUser', await client.ask(ROUTES.getUser, { params, query: { batch: BatchId } }))
      return
    }
    const query = { batch: BatchId, status: Status, statusSummary: StatusSummary, emailAddress: EmailAddress }
    const users = client.list(ROUTES.listUsers, { query }, pageSizeFor(ResultSize, Identity))
    yield* takeResults(users, { type: 'MigrationUser', size: ResultSize, pattern: Identity }, call)
  },
})
