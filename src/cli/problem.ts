/** What the server refuses with, and what keeps us from reaching it, as Faults. */
import { Fault } from '#base/fault.ts'
import type { Problem } from '#contract/organization.ts'
import type { Place } from './place.ts'

/** A refusal of the server: its code, its words, its remedy. */
export function refusalOf(status: number, statusText: string, body: string, waitMs: number | null = null): Fault {
  const problem = problemIn(body)
  if (!problem) {
    return new Fault({
      code: 'SERVER_ANSWER',
      scope: 'request',
      transient: status >= 500,
      message: `The server answered ${status} ${statusText}, which Waybill does not say: something else, such as a proxy, may be answering`,
      remedy: 'Check the address of the server.',
      facts: { status },
    })
  }
  const fields = (problem.errors ?? []).map(({ field, message }) => `${field} ${message}`)
  const detail = problem.detail || problem.title
  const named = fields.filter((field) => !detail.includes(field))
  return new Fault({
    code: problem.code,
    scope: 'request',
    transient: status >= 500,
    message: named.length > 0 ? `${detail.replace(/[.:]$/, '')}: ${named.join('; ')}` : detail,
    ...(problem.remedy === null ? {} : { remedy: problem.remedy }),
    ...(waitMs === null ? {} : { waitMs }),
    facts: { status },
  })
}

function problemIn(body: string): Problem | null {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null) return null
    const said = parsed as Partial<Problem>
    if (typeof said.code !== 'string' || typeof (said.detail ?? said.title) !== 'string') return null
    return {
      type: '',
      status: 0,
      ...said,
      code: said.code,
      title: said.title ?? '',
      detail: said.detail ?? '',
      remedy: said.remedy ?? null,
    }
  } catch {
    return null
  }
}

export function unreachable(place: Place, thrown: unknown): Fault {
  const error = thrown as NodeJS.ErrnoException
  const why = error.code ?? error.message
  if (place.kind === 'url') {
    return new Fault({
      code: 'SERVER_UNREACHABLE',
      scope: 'instance',
      transient: true,
      message: `The Waybill at ${place.url} cannot be reached: ${error.message}`,
      remedy:
        'Check the address and that Waybill runs there ("waybill disconnect" goes back to the one on this machine).',
      facts: { why },
      cause: thrown,
    })
  }
  if (why === 'EACCES' || why === 'EPERM') {
    return new Fault({
      code: 'SERVER_SOCKET_REFUSED',
      scope: 'instance',
      transient: false,
      message: `You may not open ${place.socket}: whoever may is Waybill's local administrator`,
      remedy:
        'Run this as the user that Waybill runs as, or sign in with an API token: waybill connect http://127.0.0.1:8383.',
      cause: thrown,
    })
  }
  const absent = why === 'ENOENT' || why === 'ECONNREFUSED'
  return new Fault({
    code: absent ? 'SERVER_NOT_RUNNING' : 'SERVER_UNREACHABLE',
    scope: 'instance',
    transient: true,
    message: absent
      ? `Waybill is not running for the data folder ${place.dataFolder}`
      : `Waybill broke the connection off: ${error.message}`,
    remedy: absent ? 'Start it with npm start (or waybill serve).' : 'Look into its log, and try again.',
    facts: { why },
    cause: thrown,
  })
}
