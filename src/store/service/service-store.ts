import type { PoolClient } from 'pg'
import type { Store } from '../open.ts'

/** What the service's statements need of the store. */
export type ServiceStore = Pick<Store, 'db' | 'pool' | 'retrying'>

/** A connection inside a transaction. */
export type ServiceClient = PoolClient
