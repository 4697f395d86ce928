/** What `waybill serve` and `waybill worker` are asked. */
interface ProcessRequest {
  /** Null: WAYBILL_DATA, else the place that fits who runs us. */
  readonly dataFolder: string | null
  /** Passes at once; 0: none. */
  readonly concurrency: number
}

export interface WorkerRequest extends ProcessRequest {
  /** Ends with its standard input: the worker of a service, which must not outlive it. */
  readonly untilInputEnds: boolean
}

export interface ServeRequest extends ProcessRequest {
  /** Null: the socket of the data folder alone. */
  readonly listen: { readonly host: string; readonly port: number } | null
  /** On an address that is not loopback, where TLS is made by something in front. */
  readonly allowPlainHttp: boolean
}
