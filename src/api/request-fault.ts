/** What is wrong with a request as HTTP, before a use case sees it. Statuses are problem.ts's alone. */
import { Fault, type FaultInit } from '#base/fault.ts'

export interface FieldError {
  readonly field: string
  readonly message: string
}

/** A request refused for what stands in it; `errors` names each field. */
export class ValueFault extends Fault {
  readonly errors: readonly FieldError[]

  constructor(message: string, errors: readonly FieldError[]) {
    super({
      code: 'VALUE_INVALID',
      scope: 'request',
      transient: false,
      message,
      remedy: 'Correct what is named and ask again.',
    })
    this.errors = errors
  }
}

export function requestFault(
  code: string,
  message: string,
  remedy: string,
  more: Partial<Pick<FaultInit, 'waitMs' | 'facts' | 'cause' | 'transient'>> = {},
): Fault {
  return new Fault({ code, scope: 'request', transient: false, message, remedy, ...more })
}
