import { Fault } from './fault.ts'

/** Somebody asked to stop, and could not wait until what was in flight had landed: nothing is lost, and nothing was wrong. */
export function stoppedInFlight(remedy: string): Fault {
  return new Fault({
    code: 'STOPPED',
    scope: 'mailbox',
    transient: true,
    message: 'Stopped before everything in flight had landed.',
    remedy,
  })
}
