/** What one file may hold. Enforced while reading, so a hostile upload costs no more than these. */
export interface CsvLimits {
  /** Rows below the header. */
  readonly rows: number
  readonly bytes: number
}

const mb = 1_048_576

/** S3: "up to 50,000 rows (one row for each user) and a size of up to 10 MB". */
export const batchLimits: CsvLimits = { rows: 50_000, bytes: 10 * mb }

/** Splitting is the remedy for a file over `batchLimits`, so it must be able to read a larger one. */
export const splitLimits: CsvLimits = { rows: 1_000_000, bytes: 100 * mb }

/** architecture.md §6.7 */
export const maxFieldBytes = 4096
/** architecture.md §6.7 */
export const maxColumns = 64

/** 52428800 as `50 MB`, 50000 as `50,000`: for messages. */
export const inMb = (bytes: number) => `${bytes / mb} MB`
export const grouped = (count: number) => count.toLocaleString('en-US')
