import { namesText } from '#contract/audit.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { cmdlet } from '../cmdlet/declare.ts'
import { resultSize } from '../cmdlet/identities.ts'
import { pageSizeFor, takeResults } from '../cmdlet/take-results.ts'

export const searchAdminAuditLog = cmdlet({
  name: 'Search-AdminAuditLog',
  synopsis: 'Shows who did what, newest first.',
  description:
    'Every change made with a cmdlet or through the API has an entry: who, when, from where, what, to which object, what it was before and is after, and whether it succeeded. Entries are kept as long as AdminAuditLogAgeLimit says.',
  parameters: {
    StartDate: { type: 'dateTime', help: 'Only entries from this moment on.' },
    EndDate: { type: 'dateTime', help: 'Only entries before this moment.' },
    Cmdlets: { type: 'list', completes: 'cmdlets', help: 'Only what these cmdlets do, also where the API was asked.' },
    ObjectIds: { type: 'list', help: 'Only what was done to these objects, by their names or Guids.' },
    UserIds: { type: 'list', help: 'Only what these callers did.' },
    IsSuccess: {
      type: 'bool',
      help: '$true: only what succeeded; $false: only what failed, and what has no known outcome.',
    },
    ResultSize: resultSize,
  },
  foreign: {
    Parameters: 'Exchange; Where-Object CmdletParameters looks into the entries that are found',
    ExternalAccess: "Microsoft's own administrators, whom Waybill does not have",
    StartIndex: 'Exchange; a narrower StartDate and EndDate, or Select-Object, do the same',
  },
  examples: [
    { code: 'Search-AdminAuditLog -StartDate 2026-12-01 -EndDate 2026-12-08', says: 'Shows what was done in a week.' },
    {
      code: 'Search-AdminAuditLog -Cmdlets Remove-MigrationBatch,Remove-MigrationUser | Format-List',
      says: 'Shows who removed batches and users, with all that is known.',
    },
    { code: 'Search-AdminAuditLog -ObjectIds IMAPBatch1', says: 'Shows what was done to a batch.' },
    {
      code: 'Search-AdminAuditLog -ResultSize Unlimited | Export-Csv audit.csv',
      says: 'Writes the whole log into a file. Exchange sends it by mail (New-AdminAuditLogSearch); here a pipe does it.',
    },
  ],
  notes:
    'Succeeded is blank while an act is under way, and stays so when the service ended in the middle of it: its outcome is unknown.',
  async *run({ StartDate, EndDate, Cmdlets, ObjectIds, UserIds, IsSuccess, ResultSize }, call) {
    const names = (list: readonly string[] | undefined) => (list === undefined ? undefined : namesText(list))
    const query = {
      startDate: StartDate,
      endDate: EndDate,
      cmdlets: names(Cmdlets),
      objectIds: names(ObjectIds),
      userIds: names(UserIds),
      succeeded: IsSuccess === undefined ? undefined : (`${IsSuccess}` as const),
    }
    const events = call.client.list(ROUTES.searchAuditLog, { query }, pageSizeFor(ResultSize))
    yield* takeResults(events, { type: 'AdminAuditLogEvent', size: ResultSize }, call)
  },
})
