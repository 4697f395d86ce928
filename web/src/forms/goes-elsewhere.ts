/**
 * The rule by which the service keeps no password with a change (src/migration/endpoint/goes-elsewhere.ts), for forms; a
 * test holds the two together.
 */
interface Way {
  readonly server: string
  readonly port: string
  readonly security: 'Ssl' | 'Tls' | 'None'
  readonly acceptUntrustedCertificates: boolean
  readonly allowClearText: boolean
}

/** Another server or port, or less protection on the way there. The service decides; this says it beforehand. */
export const goesElsewhere = (before: Way, after: Way): boolean =>
  before.server !== after.server.trim().toLowerCase() ||
  before.port !== after.port ||
  (before.security !== 'None' && after.security === 'None') ||
  (!before.acceptUntrustedCertificates && after.acceptUntrustedCertificates) ||
  (!before.allowClearText && after.allowClearText)
