import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FolderPath, FolderRole } from '../ports.ts'
import { excluder, formatFolder, parseFolderPattern, unusedPatterns } from './exclude.ts'

const folder = (path: FolderPath, role: FolderRole | null = null) => ({ path, role })
const excludes = (pattern: string, path: FolderPath, role: FolderRole | null = null) =>
  excluder([parseFolderPattern(pattern)])(folder(path, role)) === pattern

test('a name excludes that folder alone, without regard to case or Unicode form', () => {
  assert.ok(excludes('Deleted Items', ['deleted items']))
  assert.ok(excludes('BÜRO', ['büro'.normalize('NFD')]))
  assert.ok(excludes('a/B', ['A', 'b']))
  assert.ok(!excludes('a', ['a', 'b']))
  assert.ok(!excludes('a', ['b', 'a']))
  assert.ok(!excludes('a/b', ['a']))
  assert.ok(excludes('Inbox', ['INBOX']))
})

test('Name/* excludes the folder and all below it, not its neighbours', () => {
  for (const path of [['a'], ['a', 'b'], ['A', 'b', 'c']]) assert.ok(excludes('a/*', path), path.join('/'))
  assert.ok(!excludes('a/*', ['ab']))
  assert.ok(!excludes('a/*', ['x', 'a']))
  assert.ok(excludes('a/b/*', ['a', 'b', 'c']))
  assert.ok(!excludes('a/b/*', ['a']))
})

test('a well-known token means the folder of that role, by attribute or by name', () => {
  assert.ok(excludes('#SentItems#', ['Anything', 'below'], 'sent'))
  assert.ok(excludes('#sentitems#', ['Gesendete Elemente']))
  assert.ok(excludes('#DeletedItems#', ['INBOX', 'Corbeille']))
  assert.ok(excludes('#JunkEmail#', ['Courrier indésirable']))
  assert.ok(excludes('#Inbox#', ['INBOX']))
  assert.ok(excludes('#Calendar#', ['Kalender']))
  assert.ok(excludes('#AllItems#', ['[Gmail]', 'Alle Nachrichten'], 'all'))
  assert.ok(!excludes('#SentItems#', ['Sent', '2020']))
  assert.ok(!excludes('#SentItems#', ['Clients', 'Sent']))
  assert.ok(!excludes('#SentItems#', ['Sent'], 'archive'))
})

test('a token goes with /* and with names below it', () => {
  assert.ok(excludes('#SentItems#/*', ['Gesendet', '2020']))
  assert.ok(excludes('#Inbox#/*', ['INBOX', 'a', 'b']))
  assert.ok(excludes('#Inbox#/Lists', ['INBOX', 'lists']))
  assert.ok(!excludes('#Inbox#/Lists', ['INBOX', 'Lists', 'a']))
  assert.ok(excludes('#Root#/*', ['INBOX']))
  assert.ok(excludes('#Root#/*', ['a', 'b']))
  assert.ok(excludes('#Root#/a', ['a']))
  assert.ok(!excludes('#Root#', ['a']))
})

test('children of a folder known by its attribute are found when all folders are given', () => {
  const all = [folder(['Odd', 'Name'], 'sent'), folder(['Odd', 'Name', '2020'])]
  const by = excluder([parseFolderPattern('#SentItems#/*')], all)
  assert.deepEqual(all.map(by), ['#SentItems#/*', '#SentItems#/*'])
})

test('the first pattern that matches is named', () => {
  const by = excluder(['x', 'a/*', 'a'].map(parseFolderPattern))
  assert.deepEqual([by(folder(['a'])), by(folder(['b'])), by(folder(['x']))], ['a/*', null, 'x'])
})

test('escapes give names with # / * and backslash', () => {
  assert.ok(excludes(String.raw`\#Notes\#`, ['#Notes#']))
  assert.ok(!excludes(String.raw`\#Notes\#`, ['Notes']))
  assert.ok(!excludes('#Notes#', ['#Notes#']))
  assert.ok(excludes(String.raw`In\/Out/x`, ['In/Out', 'x']))
  assert.ok(excludes(String.raw`a\*b/\*`, ['a*b', '*']))
  assert.ok(excludes(String.raw`contoso\x`, [String.raw`contoso\x`]))
  assert.ok(excludes('#1', ['#1']))
})

test('every name can be written: its printed form excludes exactly that folder', () => {
  const names = [
    'a/b',
    '*',
    '#Inbox#',
    '\\',
    '\\\\',
    'a\\',
    '\\#',
    '#\\#',
    '##',
    '#',
    '\\/',
    'a\\*',
    ' x ',
    '#a\\#',
    'x/#Notes#',
  ]
  for (const one of names) {
    for (const other of names) {
      const pattern = parseFolderPattern(formatFolder([one, other]))
      assert.deepEqual(pattern.names, [one.toLowerCase(), other.toLowerCase()], formatFolder([one, other]))
      assert.deepEqual([pattern.token, pattern.deep], [null, false])
    }
  }
})

const refused = (text: string, remedy: RegExp) =>
  assert.throws(
    () => parseFolderPattern(text),
    (thrown: { code: string; scope: string; message: string; remedy: string }) => {
      assert.deepEqual([thrown.code, thrown.scope], ['FOLDER_PATTERN', 'request'])
      assert.ok(thrown.message.includes(`"${text}"`))
      assert.match(thrown.remedy, remedy)
      return true
    },
  )

test('a pattern that cannot be meant is refused with what to write instead', () => {
  refused('Arch*', /Name\/\*/)
  refused('*', /#Root#\/\*/)
  refused('a/*/b', /Name\/\*/)
  refused('a/*x', /\\\*/)
  refused('#Foo#', /#SentItems#.*\\#Foo\\#/)
  refused('a/#Inbox#', /\\#Inbox\\#/)
  for (const text of ['', '/', 'a/', '/a', 'a//b', '/*']) refused(text, /Name\/Sub/)
})

test('patterns that match nothing are told', () => {
  const patterns = ['Deleted Itms', '#Inbox#'].map(parseFolderPattern)
  assert.deepEqual(unusedPatterns(patterns, [folder(['INBOX']), folder(['Deleted Items'])]), ['Deleted Itms'])
})
