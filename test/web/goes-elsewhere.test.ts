/** The forms say beforehand when a stored password has to be typed again; the service decides it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goesElsewhere as decides } from '#migration/endpoint/goes-elsewhere.ts'
import { goesElsewhere as says } from '../../web/src/forms/goes-elsewhere.ts'

const WAYS = ['a.example', 'b.example'].flatMap((server) =>
  ['993', '143'].flatMap((port) =>
    (['Ssl', 'Tls', 'None'] as const).flatMap((security) =>
      [false, true].flatMap((acceptUntrustedCertificates) =>
        [false, true].map((allowClearText) => ({
          server,
          port,
          security,
          acceptUntrustedCertificates,
          allowClearText,
        })),
      ),
    ),
  ),
)

const stored = (way: (typeof WAYS)[number]) => ({
  server: way.server,
  port: Number(way.port),
  security: way.security,
  accept_untrusted: way.acceptUntrustedCertificates,
  allow_clear_text: way.allowClearText,
})

test('a password is asked for anew by the forms exactly where the service wants it anew', () => {
  for (const before of WAYS)
    for (const after of WAYS)
      assert.equal(says(before, after), decides(stored(before), stored(after)), JSON.stringify([before, after]))
  const [way] = WAYS
  assert.equal(says(way!, { ...way!, server: ' A.example ' }), false, 'the service stores names in small letters')
})
