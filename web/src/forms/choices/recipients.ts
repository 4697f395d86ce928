/** Who gets reports, as one types it. */
export const recipientsOf = (text: string): string[] => text.split(/[,;\s]+/).filter((one) => one !== '')

/** The first that is no mail address (contract/values.ts). */
export const wrongRecipient = (text: string): string | undefined =>
  recipientsOf(text).find((one) => !/^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+$/.test(one))
