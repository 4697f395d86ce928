import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { administratorIdentity, resultSize } from '../cmdlet/identities.ts'
import { shape } from '../cmdlet/shape.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'
import { hasWildcard } from '../cmdlet/wildcard.ts'

export const getAdministrator = cmdlet({
  name: 'Get-Administrator',
  synopsis: 'Shows administrators: people who may sign in to this service.',
  description: 'Shows one administrator, those whose user name matches a pattern, or all.',
  parameters: {
    Identity: {
      ...administratorIdentity,
      mandatory: false,
      help: 'User name or Guid of the administrator; a name may hold * and ?.',
    },
    ResultSize: resultSize,
  },
  examples: [{ code: 'Get-Administrator | Format-Table Identity,Roles,LastSignInTime', says: 'Lists them all.' }],
  async *run({ Identity, ResultSize }, call) {
    if (Identity !== undefined && !hasWildcard(Identity)) {
      yield shape('Administrator', await call.client.ask(ROUTES.getAdministrator, { params: { identity: Identity } }))
      return
    }
    const items = call.client.list(ROUTES.listAdministrators, {}, pageSizeFor(ResultSize, Identity))
    yield* takeResults(items, { type: 'Administrator', size: ResultSize, pattern: Identity }, call)
  },
})
