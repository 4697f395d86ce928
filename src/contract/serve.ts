/** What `waybill serve` and `waybill worker` are asked. */
export interface WorkerRequest {
  /** Null: WAYBILL_DATA, else the place that fits who runs us. */
  readonly dataFolder: string | null
  /** Passes at once in this process; 0: none. */
  readonly concurrency: number
}

export interface ServeRequest extends WorkerRequest {
  /** Null: the socket of the data folder alone. */
  readonly listen: { readonly host: string; readonly port: number } | null
  /** On an address that is not loopback, where TLS is made by something in front. */
  readonly allowPlainHttp: boolean
}
