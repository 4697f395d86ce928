import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { FOREIGN_GET } from '../cmdlet/foreign.ts'
import { resultSize } from '../cmdlet/identities.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'

export const getMigrationWorker = cmdlet({
  name: 'Get-MigrationWorker',
  synopsis: 'Shows the workers, and the addresses that they connect to mail servers from.',
  description:
    'Shows the processes that run mailboxes, on all hosts. Addresses are those that the firewall of a mail server must let in: of the host, or of its setting outgoingAddresses where NAT makes them others. UsedAddresses are the local ends of the connections that it has really made, the latest first.',
  parameters: {
    Identity: { type: 'string', position: 0, help: 'Host and process id, as it is listed; may hold * and ?.' },
    ResultSize: resultSize,
  },
  foreign: FOREIGN_GET,
  examples: [
    { code: 'Get-MigrationWorker', says: 'Lists all workers.' },
    {
      code: 'Get-MigrationWorker | Format-List Host,Addresses,UsedAddresses',
      says: 'Shows what the firewall of the source must allow.',
    },
  ],
  async *run({ Identity, ResultSize }, call) {
    const items = call.client.list(ROUTES.listWorkers, {}, pageSizeFor(ResultSize, Identity))
    yield* takeResults(items, { type: 'MigrationWorker', size: ResultSize, pattern: Identity }, call)
  },
})
