import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { databaseIdentity, resultSize } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'
import { hasWildcard } from '../cmdlet/wildcard.ts'

export const getMailboxDatabase = cmdlet({
  name: 'Get-MailboxDatabase',
  synopsis: 'Shows mailbox databases: where target mailboxes live.',
  description: 'Shows one database, those whose name matches a pattern, or all.',
  parameters: {
    Identity: {
      ...databaseIdentity,
      mandatory: false,
      help: 'Name or Guid of the database; a name may hold * and ?.',
    },
    ResultSize: resultSize,
  },
  foreign: FOREIGN_GET,
  examples: [{ code: 'Get-MailboxDatabase | Format-Table Identity,Kind,Path,Server', says: 'Lists all databases.' }],
  async *run({ Identity, ResultSize }, call) {
    if (Identity !== undefined && !hasWildcard(Identity)) {
      yield shape('MailboxDatabase', await call.client.ask(ROUTES.getDatabase, { params: { identity: Identity } }))
      return
    }
    const items = call.client.list(ROUTES.listDatabases, {}, pageSizeFor(ResultSize, Identity))
    yield* takeResults(items, { type: 'MailboxDatabase', size: ResultSize, pattern: Identity }, call)
  },
})
