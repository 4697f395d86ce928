/** What is wrong with a request as HTTP, before a use case sees it. Statuses are problem.ts's alone. */
import { Fault, type FaultInit } from '#base/fault.ts'

export interface FieldError {
  readonly field: string
  readonly message: string
}

/** A refusal that is about fields; `errors` names each. */
export class FieldFault extends Fault {
  readonly errors: readonly FieldError[]

  constructor(init: Omit<FaultInit, 'scope' | 'transient'>, errors: readonly FieldError[]) {
    super({ ...init, scope: 'request', transient: false })
    this.errors = errors
  }
}

/** A request refused for what stands in it. */
export class ValueFault extends FieldFault {
  constructor(message: string, errors: readonly FieldError[]) {
    super({ code: 'VALUE_INVALID', message, remedy: 'Correct what is named and ask again.' }, errors)
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
