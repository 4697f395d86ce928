/** Our codes and the names that Exchange gives the same faults (exchange-semantics.md §8), where it has one. */
const NAMES: Readonly<Record<string, string>> = {
  MIGRATION_CSV_ROW_INVALID: 'MigrationCSVRowValidationException',
  USER_ALREADY_BEING_MIGRATED: 'UserAlreadyBeingMigratedException',
  USER_DUPLICATE_IN_OTHER_BATCH: 'UserDuplicateInOtherBatchException',
  MIGRATION_RECIPIENT_NOT_FOUND: 'MigrationRecipientNotFoundException',
  MIGRATION_SERVER_CONNECTION_FAILED: 'MigrationServerConnectionFailedException',
  TOO_MANY_TRANSIENT_FAILURES: 'TooManyTransientFailureRetriesPermanentException',
}

export const exchangeName = (code: string): string => NAMES[code] ?? code

/** Our codes of an error type, in any case of letters: Exchange's name or ours. */
export function codesOf(errorType: string): string[] {
  const wanted = errorType.toLowerCase()
  const named = Object.entries(NAMES).flatMap(([code, name]) => (name.toLowerCase() === wanted ? [code] : []))
  return [...named, errorType.toUpperCase()]
}
