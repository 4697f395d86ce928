import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordHasher } from './hash-password.ts'
import { checkPassword } from './password-rules.ts'
import { randomPassword } from './random-password.ts'

const refused = (why: RegExp) => (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'VALUE_INVALID' && why.test(thrown.message)

for (const [password, why] of [
  ['elevenchars', /at least 12/],
  // Characters, not bytes, nor halves of them.
  ['ééééééééééé', /at least 12/],
  ['😀'.repeat(11), /at least 12/],
  ['a b'.repeat(400), /at most 1024/],
  ['bertha.brown', /user name/],
  ['Bertha.Brown2026', /user name/],
  ['Password1234', /tried first/],
  ['P@ssw0rd!2026', /tried first/],
  ['passwordpassword', /tried first/],
  ['motdepasse123', /tried first/],
  ['qwertyuiop123', /tried first/],
  ['123456789012', /tried first/],
  ['210987654321', /tried first/],
  ['aaaaaaaaaaaa', /tried first/],
  ['abababababab', /tried first/],
] as const) {
  test(`${JSON.stringify(password.slice(0, 20))} is no password: ${why.source}`, () => {
    assert.throws(
      () => checkPassword('password', password, 'bertha.brown'),
      (thrown) => refused(why)(thrown) && !(thrown as Error).message.includes(password),
    )
  })
}

test('what is long and nobody tries first is a password, whatever its signs are', () => {
  for (const password of [
    'four quiet owls sing',
    'correcte pferde 7',
    'Пароль-без-имени',
    '😀😁😂😃😄😅😆😇😈😉😊😋',
    randomPassword(),
  ])
    checkPassword('password', password, 'ann')
})

test('a hash is argon2id with the parameters of OWASP, a salt of its own, and only its password fits', async () => {
  const hasher = passwordHasher()
  const [one, other] = await Promise.all([hasher.hash('caf\u00e9 au lait'), hasher.hash('caf\u00e9 au lait')])
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.notEqual(one, other)
  assert.equal(await hasher.verify('caf\u00e9 au lait', one), true)
  // The same signs, composed by another keyboard.
  assert.equal(await hasher.verify('cafe\u0301 au lait', one), true)
  for (const wrong of ['cafe au lait', '', 'café au lait ']) assert.equal(await hasher.verify(wrong, one), false)
  assert.equal(hasher.isOld(one), false)
})

test('a hash with other parameters is verified by its own, and known to be old', async () => {
  const hasher = passwordHasher()
  const old = '$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$LRNTPVcGoe8coshOXNVoSi04F9Ccqd8ymM0tgGMX+zU'
  assert.equal(await hasher.verify('four quiet owls sing', old), true)
  assert.equal(await hasher.verify('four quiet owls sin', old), false)
  assert.equal(hasher.isOld(old), true)
})

test('nobody has a password that is none, or a damaged one', async () => {
  const hasher = passwordHasher()
  for (const stored of [
    null,
    '',
    'plain',
    '$argon2id$v=19$m=19456,t=2,p=1$short$short',
    '$2b$10$abcdefghijklmnopqrstuv',
  ])
    assert.equal(await hasher.verify('plain', stored), false)
})

test('more than are bearable at once are told to come again', async () => {
  const hasher = passwordHasher()
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => hasher.verify('x', null)))
  const refusals = all.filter((one) => one.status === 'rejected').map(({ reason }) => (reason as { code: string }).code)
  assert.deepEqual(new Set(refusals), new Set(['TOO_MANY_REQUESTS']))
  assert.ok(refusals.length >= 5 && refusals.length <= 10, String(refusals.length))
})

test('passwords that we make have 128 bits, and none is made twice', () => {
  const made = new Set(Array.from({ length: 1000 }, randomPassword))
  assert.equal(made.size, 1000)
  for (const one of made) assert.match(one, /^([a-z2-7]{5}-){5}[a-z2-7]$/)
  // No place is always the same; the last of the 26 has what is left of the bits.
  const signs = [...made].map((one) => one.replaceAll('-', ''))
  for (let at = 0; at < 25; at++) assert.equal(new Set(signs.map((one) => one[at])).size, 32)
  assert.equal(new Set(signs.map((one) => one[25])).size, 8)
})
