/** What `waybill serve`, `waybill worker` and `waybill config` are asked. */
import type { GivenSettings } from './settings.ts'

export interface ProcessRequest {
  /** --config */
  readonly configFile: string | null
  /** By flags. */
  readonly given: GivenSettings
}

export type ServeRequest = ProcessRequest

export interface WorkerRequest extends ProcessRequest {
  /** Ends with its standard input: the worker of a service, which must not outlive it. */
  readonly untilInputEnds: boolean
}

export interface ConfigRequest extends ProcessRequest {
  readonly json: boolean
  /** Print a configuration file to begin with. */
  readonly example: boolean
}
