/** Made of the contract's routes while building (web/build.ts). */
declare module 'virtual:routes' {
  import type { RouteName } from '#contract/routes/all.ts'
  import type { Method } from '#contract/routes/route.ts'

  /** Method, path below /api/v1, and whether an Idempotency-Key counts. */
  export const routes: Readonly<Record<RouteName, readonly [Method, string, boolean]>>
}
