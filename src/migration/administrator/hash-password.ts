/** Passwords of administrators: argon2id (RFC 9106), as a PHC string, few at once. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { tooManyRequests } from '#base/request-faults.ts'
import { Turnstile } from '#base/turnstile.ts'

/** OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const SALT_BYTES = 16
const TAG_BYTES = 32

export interface Hasher {
  hash(password: string): Promise<string>
  /** @param stored null: nobody has it; costs the same time and is false */
  verify(password: string, stored: string | null): Promise<boolean>
  /** Made with other parameters than those of now. */
  isOld(stored: string): boolean
}

/** 19 MiB and a thread of Node's four each. */
const AT_ONCE = 2
const MOST_WAITING = 50

const derive = promisify(argon2)

export function passwordHasher(): Hasher {
  const gate = new Turnstile(AT_ONCE)
  let waiting = 0
  const inTurn = async (parameters: Argon2Parameters): Promise<Buffer> => {
    if (waiting >= MOST_WAITING) throw tooManyRequests('Too many passwords are being checked at once.', 1_000)
    waiting++
    await gate.take(1)
    waiting--
    try {
      return await derive('argon2id', parameters)
    } finally {
      gate.give(1)
    }
  }
  const make = (password: string, salt: Buffer) =>
    inTurn({
      message: bytesOf(password),
      nonce: salt,
      parallelism: LANES,
      tagLength: TAG_BYTES,
      memory: MEMORY_KIB,
      passes: PASSES,
    })
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES)
      return phc(salt, await make(password, salt))
    },
    async verify(password, stored) {
      const parts = stored === null ? null : read(stored)
      if (!parts) {
        await make(password, Buffer.alloc(SALT_BYTES))
        return false
      }
      const { memory, passes, parallelism, salt, tag } = parts
      const found = await inTurn({
        message: bytesOf(password),
        nonce: salt,
        parallelism,
        tagLength: tag.length,
        memory,
        passes,
      })
      return timingSafeEqual(found, tag)
    },
    isOld: (stored) => !stored.startsWith(HEAD),
  }
}

/** The same signs whichever way a keyboard composes them. */
const bytesOf = (password: string) => Buffer.from(password.normalize('NFC'), 'utf8')

/** 19 is version 1.3 of Argon2. */
const HEAD = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const phc = (salt: Buffer, tag: Buffer) => `${HEAD}${base64(salt)}$${base64(tag)}`

function read(stored: string) {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/.exec(
      stored,
    )
  if (!match) return null
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number]
  return {
    memory,
    passes,
    parallelism,
    salt: Buffer.from(match[4]!, 'base64'),
    tag: Buffer.from(match[5]!, 'base64'),
  }
}
