/** What `waybill backup`, `restore`, `rotate-key` and `new-epoch` are asked. */
import type { ProcessRequest } from './serve.ts'

export interface BackupRequest extends ProcessRequest {
  /** `-`: standard output. */
  readonly file: string
  readonly withKey: boolean
  /** Overwrites a file that is there. */
  readonly force: boolean
}

export interface RestoreRequest extends ProcessRequest {
  readonly file: string
  /** Replaces what is there. */
  readonly force: boolean
  /** Does not ask before. */
  readonly yes: boolean
  /** Folder with the keys of the instance, where the backup has none. */
  readonly keysFolder: string | null
  readonly withoutSecrets: boolean
}

export interface RotateKeyRequest extends ProcessRequest {
  /** The key that signs waybills in place of the one that seals secrets. */
  readonly signingKey: boolean
}
