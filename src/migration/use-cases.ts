/** The service: one use case for each route of the contract. */
import type { UseCases } from '#contract/calls.ts'
import type { Listener } from '#jobs/listen.ts'
import { readConfig } from '#store/service/settings.ts'
import { administratorUseCases } from './administrator/administrator-use-cases.ts'
import type { AdministratorDeps } from './administrator/deps.ts'
import { sessionUseCases } from './administrator/session-use-cases.ts'
import { auditUseCases } from './audit/audit-use-cases.ts'
import type { FoldedReads } from './audit/fold-reads.ts'
import { recordActs } from './audit/record-acts.ts'
import { getArchivedBatch, listArchivedBatches } from './batch/archived.ts'
import { checkCsvFile } from './batch/check-csv-upload.ts'
import { commandBatch } from './batch/command-batch.ts'
import { createBatch } from './batch/create-batch.ts'
import type { ServiceDeps } from './batch/deps.ts'
import { batchNamed } from './batch/find.ts'
import { listBatches } from './batch/list-batches.ts'
import { showOne } from './batch/show-batch.ts'
import { updateBatch } from './batch/update-batch.ts'
import { uploadCsv } from './batch/upload-csv.ts'
import { csvTemplate } from './csv/template.ts'
import { getDashboard } from './dashboard/dashboard.ts'
import { listFailures } from './dashboard/failures.ts'
import { getThroughput } from './dashboard/throughput.ts'
import { type DatabaseDeps, databaseUseCases } from './database/database-use-cases.ts'
import type { OpenDeps } from './endpoint/endpoint-source.ts'
import { endpointUseCases } from './endpoint/endpoint-use-cases.ts'
import type { NotificationDeps } from './notification/deps.ts'
import { notificationUseCases } from './notification/notification-use-cases.ts'
import { openIdDeps } from './openid/deps.ts'
import { openIdUseCases, signInOption } from './openid/openid-use-cases.ts'
import { configUseCases } from './organization/config-use-cases.ts'
import { listEvents, streamEvents } from './organization/events.ts'
import { listReportUsers } from './organization/report-users.ts'
import { exportReport, listReports } from './organization/reports.ts'
import { getStatistics } from './organization/statistics.ts'
import type { TokenUseCases } from './organization/token-use-cases.ts'
import { workerUseCases } from './organization/worker-use-cases.ts'
import { removeOne, setOne, startOne, stopOne } from './user/command-user.ts'
import { userNamed } from './user/find.ts'
import { listUsers } from './user/list-users.ts'
import { showUser } from './user/show-user.ts'
import { getSkippedItemEml } from './user/skipped-eml.ts'
import { getUserStatistics, listSkippedItems } from './user/statistics.ts'
import { listUserFolders } from './user/user-folders.ts'
import { exportUserReport } from './user/user-report.ts'
import { getUserWaybill, listUserWaybills } from './user/user-waybills.ts'

export interface UseCaseDeps extends ServiceDeps, DatabaseDeps, NotificationDeps {
  readonly listener: Listener
  readonly opening: OpenDeps
  readonly tokens: TokenUseCases
  readonly administrators: AdministratorDeps
  readonly reads: FoldedReads
  /** `<data>/reports` of this machine. */
  readonly reports: string
}

/** What is done through them is recorded (audit/record-acts.ts). */
export const useCases = (deps: UseCaseDeps): UseCases =>
  recordActs({ store: deps.store, log: deps.opening.log, reads: deps.reads }, unrecorded(deps))

function unrecorded(deps: UseCaseDeps): UseCases {
  const { store, tokens } = deps
  const openId = openIdDeps(deps)
  const creating = { ...deps, mostBatches: async () => (await readConfig(store)).maxNumberOfBatches }
  return {
    ...endpointUseCases(deps),
    ...databaseUseCases(deps),
    ...configUseCases(deps),
    ...administratorUseCases(deps.administrators),
    ...sessionUseCases({ ...deps.administrators, oidc: () => signInOption(openId) }),
    ...openIdUseCases({ ...openId, tester: deps.tester }),
    ...auditUseCases(deps),
    ...workerUseCases(deps),
    ...notificationUseCases(deps),
    listTokens: tokens.listTokens,
    createToken: tokens.createToken,
    revokeToken: tokens.revokeToken,
    uploadCsv: (call) => uploadCsv(deps, call),
    checkCsvFile: (call) => checkCsvFile(deps, call),
    getCsvTemplate: async () => whole(csvTemplate()),
    listBatches: ({ query }) => listBatches(deps, query),
    getBatch: async ({ params }) => showOne(store, await batchNamed(store, params.identity)),
    createBatch: (call) => createBatch(creating, call),
    updateBatch: (call) => updateBatch(deps, call),
    startBatch: ({ params, principal }) => commandBatch(deps, params.identity, 'Start', principal),
    stopBatch: ({ params, principal }) => commandBatch(deps, params.identity, 'Stop', principal),
    completeBatch: ({ params, principal }) => commandBatch(deps, params.identity, 'Complete', principal),
    removeBatch: ({ params, principal, precondition }) =>
      commandBatch(deps, params.identity, 'Remove', principal, precondition),
    listArchivedBatches: (call) => listArchivedBatches(deps, call),
    getArchivedBatch: (call) => getArchivedBatch(deps, call),
    listUsers: ({ query }) => listUsers(deps, query),
    getUser: async ({ params, query }) => showUser(await userNamed(store, params.identity, query.batch)),
    getUserStatistics: (call) => getUserStatistics(deps, call),
    listSkippedItems: (call) => listSkippedItems(deps, call),
    getSkippedItemEml: (call) => getSkippedItemEml(deps, call),
    listUserFolders: (call) => listUserFolders(deps, call),
    exportUserReport: (call) => exportUserReport(deps, call),
    listUserWaybills: (call) => listUserWaybills(deps, call),
    getUserWaybill: (call) => getUserWaybill(deps, call),
    updateUser: ({ params, query, body, principal, precondition }) =>
      setOne(deps, { identity: params.identity, batch: query.batch }, body, principal, precondition),
    startUser: ({ params, query, principal }) =>
      startOne(deps, { identity: params.identity, batch: query.batch }, principal),
    stopUser: ({ params, query, principal }) =>
      stopOne(deps, { identity: params.identity, batch: query.batch }, principal),
    removeUser: ({ params, query, principal, precondition }) =>
      removeOne(deps, { identity: params.identity, batch: query.batch }, principal, precondition),
    getStatistics: () => getStatistics(deps),
    getDashboard: () => getDashboard(deps),
    listFailures: ({ query }) => listFailures(deps, query),
    getThroughput: ({ query }) => getThroughput(deps, query),
    listReports: (call) => listReports(deps, call),
    listReportUsers: (call) => listReportUsers(deps, call),
    exportReport: (call) => exportReport(deps, call),
    listEvents: (call) => listEvents(deps, call),
    streamEvents: (call) => streamEvents(deps, call),
  }
}

async function* whole(text: string): AsyncGenerator<string> {
  yield text
}
