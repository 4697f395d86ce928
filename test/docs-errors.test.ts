/** docs/errors.md has a line for each code that src can say, and none that it cannot. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'

const root = new URL('..', import.meta.url)

/** Spelt like codes, and none: what the system, OpenSSL, imapflow, openid-client or a file is called. */
const OTHERS = new Set([
  'EAI_AGAIN',
  'PG_VERSION',
  'STARTTLS_INJECTION',
  'UPGRADE_TIMEOUT',
  ...['CONFIG', 'SERVER', 'TOKEN', 'TUNING', 'CRASH'].map((variable) => `WAYBILL_${variable}`),
])

const inSource = new Set(
  readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(new URL(`src/${file}`, root), 'utf8')
      // The ids of bugs are for us, and environment variables are documented elsewhere.
      const rest = text.replaceAll(/\bbug\(\s*'[^']*'|\benv\['[^']*'\]|\benv: '[^']*'/g, '')
      return [
        ...[...rest.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)].map(([, code]) => code!),
        ...[...rest.matchAll(/(?:new Fault\(\{\s*code|fault): '([A-Z]+)'/g)].map(([, code]) => code!),
        ...[...rest.matchAll(/^(?:export )?type \w*Code =(?:\s*\|? '[A-Z_]+')+/gm)].flatMap(
          ([type]) => type.match(/(?<=')[A-Z]+(?=')/g) ?? [],
        ),
      ]
    })
    .filter((code) => !OTHERS.has(code) && !/^(?:ERR|OAUTH)_/.test(code)),
)

const inDocument = readFileSync(new URL('docs/errors.md', root), 'utf8')
  .split('\n')
  .flatMap((line) => /^\| `([A-Z_0-9]+)` \| [^|]+ \| [^|]+ \|$/.exec(line)?.[1] ?? [])

test('every code that src can say has its line in docs/errors.md', () => {
  assert.ok(inSource.size > 100, 'the codes are found')
  assert.deepEqual(
    [...inSource].filter((code) => !inDocument.includes(code)),
    [],
  )
})

test('docs/errors.md has no code that nothing says, and none twice', () => {
  assert.deepEqual(
    inDocument.filter((code, index) => !inSource.has(code) || inDocument.indexOf(code) !== index),
    [],
  )
})
