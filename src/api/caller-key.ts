import type { Principal } from '#contract/calls.ts'

/** The same for the requests of one token or one administrator; a name may be given again to another. */
export const callerKey = ({ via, name, tokenId, administratorId }: Principal): string =>
  `${via} ${(via === 'Token' ? tokenId : administratorId) ?? name}`
