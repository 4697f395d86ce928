/** The certificate of the API as files: what is refused at the start, and how it is renewed while the service runs. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import type { TlsMaterial } from '#api/tls.ts'
import { tlsFiles } from '#server/tls-files.ts'
import { selfSigned } from '#test/servers/certificate.ts'

const folder = mkdtempSync(join(tmpdir(), 'waybill-tls-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const settings = { tlsCertificate: join(folder, 'c.pem'), tlsKey: join(folder, 'k.pem') }

function write(cert: string, key: string, mode = 0o640): void {
  writeFileSync(settings.tlsCertificate, cert)
  writeFileSync(settings.tlsKey, key)
  chmodSync(settings.tlsKey, mode)
}

test('a key that everybody may read, a key of another certificate, and what is no PEM are refused', () => {
  const [one, other] = [selfSigned(), selfSigned()]
  write(one.cert, one.key, 0o644)
  assert.throws(() => tlsFiles(settings, silentLog), { code: 'SECRET_FILE_EXPOSED', scope: 'instance' })
  write(one.cert, other.key)
  assert.throws(() => tlsFiles(settings, silentLog), { code: 'TLS_FILES_UNUSABLE', message: /not the key/ })
  write('no certificate', one.key)
  assert.throws(() => tlsFiles(settings, silentLog), { code: 'TLS_FILES_UNUSABLE' })
  rmSync(settings.tlsKey)
  assert.throws(() => tlsFiles(settings, silentLog), { code: 'SECRET_FILE_UNREADABLE' })
})

test('files that have changed are taken when they fit each other, and until then the old ones go on', () => {
  const [one, other] = [selfSigned(), selfSigned()]
  write(one.cert, one.key)
  using files = tlsFiles(settings, silentLog)
  const taken: TlsMaterial[] = []
  files.renew((material) => void taken.push(material))
  assert.equal(files.material?.certificate, one.cert)
  files.look()
  assert.deepEqual(taken, [], 'nothing has changed')
  writeFileSync(settings.tlsCertificate, other.cert)
  files.look()
  assert.deepEqual(taken, [], 'half of a pair is none')
  write(other.cert, other.key)
  files.look()
  assert.deepEqual(taken, [{ certificate: other.cert, key: other.key }])
  files.look()
  assert.equal(taken.length, 1)
  assert.ok(files.ends()! > new Date())
})

test('without the settings there is no TLS', () => {
  assert.equal(tlsFiles({ tlsCertificate: null, tlsKey: null }, silentLog).material, null)
})
