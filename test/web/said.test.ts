/** What the service says in English, in the other languages of the pages. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { faultOf, type Said, speak, translated } from '../../web/src/words/said.ts'
import { BATCH_STATUSES, USER_STATUSES } from '#contract/states.ts'
import {
  BATCH_COMMANDS,
  MIGRATION_TYPES,
  USER_COMMANDS,
  mayBatch,
  mayUser,
  reasonAgainst,
} from '#contract/transitions.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'web/src/words')
const languages = await Promise.all(
  readdirSync(folder)
    .filter((name) => /^..(?:-..)?\.ts$/.test(name) && name !== 'en.ts')
    .map(async (name) => ({
      name,
      said: ((await import(join(folder, name))) as { default: { said: Said } }).default.said,
    })),
)

const reasons = new Set(
  [
    ...MIGRATION_TYPES.flatMap((type) =>
      BATCH_STATUSES.flatMap((status) =>
        BATCH_COMMANDS.flatMap((command) => [false, true].map((goesOn) => mayBatch(command, status, type, goesOn))),
      ),
    ),
    ...USER_STATUSES.flatMap((status) => USER_COMMANDS.map((command) => mayUser(command, status))),
  ].flatMap((verdict) => reasonAgainst(verdict) ?? []),
)

test('every reason why a state forbids a command is said in every language', () => {
  assert.ok(reasons.size > 20, `${reasons.size}`)
  for (const { name, said } of languages)
    assert.deepEqual(
      [...reasons].filter((reason) => !Object.hasOwn(said.sentences, reason)),
      [],
      name,
    )
})

test('faults that are translated are documented', () => {
  const documented = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  for (const { name, said } of languages)
    assert.deepEqual(
      Object.keys(said.faults).filter((code) => !documented.includes(`\n| \`${code}\` |`)),
      [],
      name,
    )
})

/** As patterns: what is filled in at `${…}` is anything. Texts that are hardly more than that would fit all. */
const texts = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) => {
    const source = readFileSync(join(root, 'src', file), 'utf8')
    // One kind after the other, for texts stand within templates, too.
    return [/'(?:[^'\\\n]|\\.)*'/g, /"[^"\n]*"/g, /`[^`]*`/g].flatMap((quoted) => source.match(quoted) ?? [])
  })
  .map((text) => text.slice(1, -1).replaceAll('\\\\', '\\'))
const fixed = new Set(texts)
const patterns = texts
  .map((text) => text.split(/\$\{[^}]*\}/).map((part) => part.trim()))
  .filter((parts) => parts.length > 1 && parts.join('').length > 8)
  .map((parts) => new RegExp(`^${parts.map((part) => part.replaceAll(/[^\w ]/g, String.raw`\$&`)).join('.*')}$`))

test('sentences that are translated are still what the service says', () => {
  for (const { name, said } of languages)
    assert.deepEqual(
      Object.keys(said.sentences).filter((text) => !fixed.has(text) && !patterns.some((one) => one.test(text))),
      [],
      name,
    )
})

test('what has no translation, or only half of one, stays as the service says it', () => {
  speak({
    said: {
      sentences: { 'Nothing to do.': 'Rien.', 'Wait.': 'Attendez.' },
      faults: { BUG: 'Une erreur.' },
      values: {},
      isNow: (value) => `Maintenant : ${value}`,
    },
  })
  assert.equal(translated('Nothing to do.'), 'Rien.')
  assert.equal(translated('Wait. Nothing to do.'), 'Attendez. Rien.')
  assert.equal(translated('Wait. Then look at imap.old.example.'), 'Wait. Then look at imap.old.example.')
  assert.equal(translated('constructor'), 'constructor')
  assert.deepEqual([faultOf('BUG'), faultOf('USAGE'), faultOf('toString')], ['Une erreur.', null, null])
})
