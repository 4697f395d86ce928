import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

export interface Certificate {
  /** The certificate, PEM; it is its own authority: pass it as `ca` to trust it. */
  readonly cert: string
  /** Its private key, PEM (PKCS #8). */
  readonly key: string
}

/** A self-signed certificate (RFC 5280, P-256, 10 years) for DNS names and IPv4 addresses, so that no test needs openssl. */
export function selfSigned(names: readonly string[] = ['localhost', '127.0.0.1']): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = sequence(oid([42, 134, 72, 206, 61, 4, 3, 2]))
  const commonName = sequence(der(0x31, sequence(oid([85, 4, 3]), der(0x0c, Buffer.from(names[0] ?? 'localhost')))))
  const now = Date.now()
  const validity = sequence(time(now - 86_400_000), time(now + 10 * 365 * 86_400_000))
  const altNames = sequence(...names.map(altName))
  const extensions = der(
    0xa3,
    sequence(
      sequence(oid([85, 29, 17]), der(0x04, altNames)),
      sequence(oid([85, 29, 19]), der(0x01, Buffer.from([0xff])), der(0x04, sequence(der(0x01, Buffer.from([0xff]))))),
    ),
  )
  // The first byte keeps the serial number positive and free of leading zeros.
  const serial = der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)]))
  const version3 = der(0xa0, der(0x02, Buffer.from([2])))
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' })
  const body = sequence(version3, serial, ecdsaWithSha256, commonName, validity, commonName, publicInfo, extensions)
  const signature = createSign('SHA256').update(body).sign(privateKey)
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function der(tag: number, content: Buffer): Buffer {
  const length: number[] = []
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256)
  const head = content.length < 128 ? [content.length] : [0x80 + length.length, ...length]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

const sequence = (...parts: Buffer[]) => der(0x30, Buffer.concat(parts))
const oid = (bytes: number[]) => der(0x06, Buffer.from(bytes))

/** UTCTime, good until 2049. */
function time(atMs: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(atMs).toISOString().replace(/\D/g, '').slice(2, 14)}Z`))
}

function altName(name: string): Buffer {
  const isAddress = /^\d+(\.\d+){3}$/.test(name)
  return isAddress ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name))
}
