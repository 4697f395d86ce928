/** What the engine needs of the world. `mailbox/` and `store/` implement it; the brain never imports them. */
export type * from './ports/types.ts'
export type * from './ports/source.ts'
export type * from './ports/target.ts'
export type * from './ports/ledger.ts'
export type * from './ports/budget.ts'
