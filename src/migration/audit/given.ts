/** What a call was given, as the audit log tells of it: path, query and body, without their secrets. */
import type { Call } from '#contract/calls.ts'
import { type HiddenSecret, hideSecrets } from '#contract/hide-secrets.ts'
import type { Route } from '#contract/routes/route.ts'
import type { AuditChange, AuditParameter } from '#store/service/admin-audit.ts'
import { auditLabel, auditParameters } from '#store/service/audit-text.ts'

export interface Given {
  readonly fields: Readonly<Record<string, unknown>>
  readonly parameters: readonly AuditParameter[]
  /** A line for each secret: what it was is nobody's business, that it changed is. */
  readonly secrets: readonly AuditChange[]
}

export function givenTo(route: Route, { params, query, body }: Call<Route>): Given {
  // A CSV file is a stream, and what is in it is recorded nowhere.
  const parts = [
    hideSecrets(route.params, params),
    hideSecrets(route.query, query),
    hideSecrets(route.body, route.bodyType === 'json' ? body : undefined),
  ]
  const fields: Readonly<Record<string, unknown>> = Object.assign({}, ...parts.map(({ value }) => value))
  return {
    fields,
    parameters: auditParameters(fields),
    secrets: parts.flatMap(({ secrets }) =>
      secrets.filter(isSet).map(({ path, isRemoved }) => ({
        name: path.map(auditLabel).join('.'),
        oldValue: null,
        newValue: isRemoved ? 'removed' : 'changed',
      })),
    ),
  }
}

/** One that only proves who asks (`currentPassword`) changes nothing. */
const isSet = ({ path }: HiddenSecret): boolean => !/^current/i.test(path.at(-1) ?? '')
