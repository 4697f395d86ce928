/**
 * GETs that hand out mail or files. Asking changes nothing, so the row is written when there is something to hand out, and
 * before it is: what cannot be recorded does not leave the service.
 */
import { asFault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import type { Call, CsvText, TextFile, UseCases } from '#contract/calls.ts'
import type { Route } from '#contract/routes/route.ts'
import { type AuditStart, beginAudit, endAudit } from '#store/service/admin-audit.ts'
import { auditFailure } from '#store/service/audit-failure.ts'
import { nameKey } from '#store/service/named.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type How, actBegun, endOf, toItsEnd } from './act-begun.ts'
import type { Act } from './acts.ts'
import type { FoldedReads } from './fold-reads.ts'

export interface ReadDeps {
  readonly store: ServiceStore
  readonly log: Log
  readonly reads: FoldedReads
}

type AnyUseCase = (call: Call<Route>) => Promise<unknown>

export function recordedRead(
  { store, log, reads }: ReadDeps,
  useCases: UseCases,
  route: Route,
  act: Act,
  useCase: AnyUseCase,
): AnyUseCase {
  /** Answers what is to be told of the end. Throws AUDIT_NOT_WRITTEN. */
  const begin = async (start: AuditStart, call: Call<Route>): Promise<(how: How) => Promise<void>> => {
    // Whoever has the scope organization can fill the log by changes, and each search of the log is one of its own.
    const key = route.scope === 'organization' ? null : keyOf(start, call)
    if (key !== null && !reads.isFirst(key, start)) return async (how) => reads.repeated(key, start, how)
    try {
      await beginAudit(store, start)
    } catch (thrown) {
      if (key !== null) reads.forget(key)
      throw thrown
    }
    return (how) =>
      endAudit(store, start.id, endOf(start, how)).catch((thrown: unknown) =>
        log.error('an act is not ended in the audit log', { cmdlet: act.cmdlet, code: asFault(thrown).code }),
      )
  }
  return async (call) => {
    const { start } = await actBegun(useCases, route, act, call)
    let answer: unknown
    try {
      answer = await useCase(call)
    } catch (thrown) {
      // Of what is not there nothing was handed out, and there is no end of names for it.
      if (asFault(thrown).code !== 'OBJECT_NOT_FOUND') {
        const end = await begin(start, call)
        await end({ result: 'Failed', ...auditFailure(thrown) })
      }
      throw thrown
    }
    const end = await begin(start, call)
    if (route.answerType === 'csv') {
      const csv = answer as CsvText
      return Object.assign(toItsEnd(csv, end), { fileName: csv.fileName })
    }
    if (route.answerType === 'text') {
      const file = answer as TextFile
      return { ...file, text: toItsEnd(file.text, end) }
    }
    await end({})
    return answer
  }
}

/** The same object however it is written, and of a mailbox the same message. */
function keyOf({ caller, via, cmdlet, object, objectGuid }: AuditStart, { params, principal }: Call<Route>): string {
  const { identity: _, ...parts } = params as Record<string, string>
  const asker = principal.tokenId ?? principal.administratorId ?? caller
  const keys = Object.values(parts).map((part) => nameKey(part))
  return JSON.stringify([via, asker, cmdlet, objectGuid ?? nameKey(object), ...keys])
}
