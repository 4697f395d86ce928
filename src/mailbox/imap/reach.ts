/** What the service needs to know of connections without opening a mailbox. */
export { checkLiteral, checkedAddresses, isLoopbackAddress, type Listener, type OutgoingRules } from '#imap/outgoing.ts'
export { Peer } from '#imap/peer.ts'
export type { Deadlines } from '#imap/deadlines.ts'
export { type ProbeOptions, probeServer } from '#imap/probe-server.ts'
