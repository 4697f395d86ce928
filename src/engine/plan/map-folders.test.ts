import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FolderPath, FolderRole, SourceFolder, TargetFolder } from '../ports.ts'
import { type KnownMapping, mapFolders, type TargetNaming } from './map-folders.ts'

/** `A/B` for paths without a slash in a name; an array for the others. */
type Name = string | FolderPath
const path = (name: Name): FolderPath => (typeof name === 'string' ? name.split('/') : name)
const source = (name: Name, role: FolderRole | null = null, selectable = true): SourceFolder => ({
  path: path(name),
  raw: '',
  role,
  selectable,
  subscribed: true,
  status: { validity: 1, uidNext: 11, messages: 10, modseq: null },
})
const folder = (name: Name, role: FolderRole | null = null): TargetFolder => source(name, role)
const target = (folders: TargetFolder[] = [], more: Partial<TargetNaming> = {}): TargetNaming => ({
  folders,
  caseInsensitive: false,
  nameProblem: () => null,
  ...more,
})
const known = (...pairs: [Name, Name][]): KnownMapping[] =>
  pairs.map(([from, to]) => ({ sourcePath: path(from), targetPath: path(to) }))

const paths = (from: SourceFolder[], to: TargetNaming = target(), before: KnownMapping[] = []) =>
  Object.fromEntries(mapFolders(from, to, before).entries.map((e) => [e.source.path.join('/'), e.targetPath.join('/')]))
const entryOf = (from: SourceFolder[], name: string, to: TargetNaming = target(), before: KnownMapping[] = []) => {
  const entry = mapFolders(from, to, before).entries.find((e) => e.source.path.join('/') === name)
  assert.ok(entry)
  return entry
}

test('folders without a role keep their names, INBOX in any case is the INBOX', () => {
  assert.deepEqual(paths([source('INBOX'), source('Projects/2020'), source('INBOX/Private')]), {
    INBOX: 'INBOX',
    'INBOX/Private': 'INBOX/Private',
    'Projects/2020': 'Projects/2020',
  })
  const inbox = entryOf([source('Inbox'), source('Inbox/a')], 'Inbox')
  assert.deepEqual([inbox.targetPath, inbox.role], [['INBOX'], 'inbox'])
  assert.equal(paths([source('Inbox/a')])['Inbox/a'], 'INBOX/a')
})

test('a folder with a special use goes to the folder that the target has for it, whatever their names', () => {
  const to = target([folder('Gesendet', 'sent'), folder('Sent')])
  const entry = entryOf([source('[Gmail]/Messages envoyés', 'sent')], '[Gmail]/Messages envoyés', to)
  assert.deepEqual([entry.targetPath, entry.role, entry.reason], [['Gesendet'], 'sent', 'role'])
})

test('well-known names stand in where one side, or both, have no special use', () => {
  assert.equal(paths([source('Sent Messages')], target([folder('Gesendet', 'sent')]))['Sent Messages'], 'Gesendet')
  assert.equal(paths([source('X', 'trash')], target([folder('Papierkorb')]))['X'], 'Papierkorb')
  assert.equal(paths([source('Envoyés')], target([folder('Sent Items')]))['Envoyés'], 'Sent Items')
  assert.equal(paths([source('INBOX/Corbeille')], target([folder('Trash')]))['INBOX/Corbeille'], 'Trash')
})

test('a well-known name further down is only a name', () => {
  const to = target([folder('Sent', 'sent'), folder('Clients/Trash')])
  const from = [source('Clients/Sent'), source('Papierkorb', 'trash')]
  assert.deepEqual(paths(from, to), { 'Clients/Sent': 'Clients/Sent', Papierkorb: 'Papierkorb' })
})

test('a target without a folder of the role gets one under the name of the source, made with that role', () => {
  const entry = entryOf([source('Entwürfe', 'drafts')], 'Entwürfe', target([folder('INBOX')]))
  assert.deepEqual([entry.targetPath, entry.role, entry.reason], [['Entwürfe'], 'drafts', 'name'])
})

test("a target folder with another role's attribute is not taken for its name", () => {
  const to = target([folder('Archive', 'all'), folder('Archiv')])
  assert.equal(paths([source('Archives', 'archive')], to)['Archives'], 'Archiv')
})

test('of two folders that claim a role the one with the attribute wins, the other keeps its own name and says so', () => {
  const from = [source('Sent'), source('Sent Items', 'sent')]
  const to = target([folder('Gesendet', 'sent')])
  assert.deepEqual(paths(from, to), { Sent: 'Sent', 'Sent Items': 'Gesendet' })
  const loser = entryOf(from, 'Sent', to)
  assert.deepEqual([loser.role, loser.reason], [null, 'name'])
  assert.match(loser.note ?? '', /Sent Items, so Sent keeps its own name/)
})

test('without attributes the name that the target uses wins, else the usual one', () => {
  const from = [source('Sent'), source('Sent Items'), source('Sent Messages')]
  assert.equal(paths(from, target([folder('Sent Items', 'sent')]))['Sent Items'], 'Sent Items')
  assert.equal(entryOf(from, 'Sent', target([folder('Sent Items', 'sent')])).role, null)
  assert.equal(paths(from, target([folder('Gesendet', 'sent')]))['Sent'], 'Gesendet')
})

test('two folders never share a target: the loser of a role steps aside when its name is taken', () => {
  const from = [source('Sent'), source('Sent Items', 'sent'), source('Sent/2020'), source('Sent Items/2020')]
  assert.deepEqual(paths(from, target([folder('Sent', 'sent')])), {
    Sent: 'Sent (2)',
    'Sent/2020': 'Sent (2)/2020',
    'Sent Items': 'Sent',
    'Sent Items/2020': 'Sent/2020',
  })
})

test('children follow their parent, also through parents that the server did not list', () => {
  const to = target([folder('Gesendet', 'sent')])
  assert.deepEqual(paths([source('Sent', 'sent'), source('Sent/2020'), source('Sent/2021/May')], to), {
    Sent: 'Gesendet',
    'Sent/2020': 'Gesendet/2020',
    'Sent/2021/May': 'Gesendet/2021/May',
  })
})

test('a folder that holds only children is hierarchy: it has no role, takes no name and copies nothing', () => {
  const from = [source('Sent', null, false), source('Sent/2020'), source('Sent Items')]
  const to = target([folder('Sent', 'sent')])
  assert.deepEqual(paths(from, to), { Sent: 'Sent', 'Sent/2020': 'Sent/2020', 'Sent Items': 'Sent' })
  assert.deepEqual([entryOf(from, 'Sent', to).selectable, entryOf(from, 'Sent', to).role], [false, null])
})

test('a folder that holds mail may have the name of one that holds only children', () => {
  const to = target([], { caseInsensitive: true })
  const from = [source('Work', null, false), source('Work/a'), source('work')]
  assert.deepEqual(paths(from, to), { Work: 'Work', 'Work/a': 'Work/a', work: 'work' })
})

test('known mappings never change, whatever roles and names have become', () => {
  const before = known(['Sent', 'Old Sent'], ['Sent Items', 'Sent'], ['Gone', 'Work'])
  const from = [source('Sent', 'sent'), source('Sent Items'), source('Sent/2020'), source('Work'), source('Gone/x')]
  const to = target([folder('Sent', 'sent')])
  assert.deepEqual(paths(from, to, before), {
    Sent: 'Old Sent',
    'Sent/2020': 'Old Sent/2020',
    'Sent Items': 'Sent',
    // Still taken by a folder that has gone from the source.
    Work: 'Work (2)',
    'Gone/x': 'Work/x',
  })
  assert.equal(entryOf(from, 'Sent', to, before).reason, 'kept')
  assert.equal(entryOf(from, 'Sent', to, before).note, undefined)
})

test('a new holder of a role does not push out the folder that has the place', () => {
  const to = target([folder('Sent', 'sent')])
  const from = [source('Sent Items'), source('Sent Mail', 'sent')]
  assert.deepEqual(paths(from, to, known(['Sent Items', 'Sent'])), { 'Sent Items': 'Sent', 'Sent Mail': 'Sent Mail' })
})

test('what a plan made is kept by the next one: the plan of known mappings is the same plan', () => {
  const from = [source('trash'), source('Trash'), source(['a/b']), source('Sent'), source('Sent/x')]
  const to = target([folder('Gesendet', 'sent')], { caseInsensitive: true, nameProblem: refuses(/\//) })
  const first = mapFolders(from, to, []).entries
  const again = mapFolders(
    from,
    to,
    first.map((e) => ({ sourcePath: e.source.path, targetPath: e.targetPath })),
  ).entries
  assert.deepEqual(
    again.map((e) => e.targetPath),
    first.map((e) => e.targetPath),
  )
})

const tenBytes = (at: FolderPath) => (Buffer.byteLength(at.at(-1)!) > 10 ? 'too long' : null)
const twoDeep = (at: FolderPath) => (at.length > 2 ? 'too deep' : null)

/** A target that refuses last names matching a pattern. */
const refuses =
  (pattern: RegExp, why = 'not allowed here') =>
  (at: FolderPath) =>
    pattern.test(at.at(-1)!) ? why : null

test('a refused name changes as little as will do, and the note has the words of the target', () => {
  const cases: [string, RegExp, string][] = [
    ['a/b', /\//, 'a_b'],
    ['a.b/c', /\./, 'a_b/c'],
    ['a.b/c', /[./]/, 'a_b_c'],
    [' x ', /^\s|\s$/, 'x'],
    ['   ', /^\s|\s$/, '_'],
    ['a\u0007b', /\p{Cc}/u, 'a_b'],
    ['a  b', / {2}/, 'a b'],
    ['Files', /^Files$/, 'Files_'],
    ['50%*', /[%*]/, '50__'],
    ['\u0007 / ', /^\s|\s$|[/\p{Cc}]/u, '_ _'],
    ['naïve', /[^ -~]/, 'na_ve'],
  ]
  for (const [name, pattern, expected] of cases) {
    const entry = entryOf([source([name])], name, target([], { nameProblem: refuses(pattern, 'the name is odd') }))
    assert.deepEqual([entry.targetPath, entry.reason], [[expected], 'renamed'], name)
    assert.match(entry.note ?? '', /: the name is odd\.$/)
  }
})

test('a name that is too long is cut between characters as people see them', () => {
  assert.equal(paths([source('abcdefghijkl')], target([], { nameProblem: tenBytes }))['abcdefghijkl'], 'abcdefghij')
  assert.equal(paths([source('é'.repeat(9))], target([], { nameProblem: tenBytes }))['é'.repeat(9)], 'é'.repeat(5))
  assert.equal(paths([source('abcde👩‍👩‍👧')], target([], { nameProblem: tenBytes }))['abcde👩‍👩‍👧'], 'abcde')
  // Two that are equal once cut stay two.
  assert.deepEqual(paths([source('abcdefghij1'), source('abcdefghij2')], target([], { nameProblem: tenBytes })), {
    abcdefghij1: 'abcdefghij',
    abcdefghij2: 'abcdef (2)',
  })
})

test('a folder that is too deep moves up beside its parent, its children with it', () => {
  assert.deepEqual(
    paths([source('a'), source('a/b'), source('a/b/c'), source('a/b/c/d')], target([], { nameProblem: twoDeep })),
    {
      a: 'a',
      'a/b': 'a/b',
      'a/b/c': 'a/b_c',
      'a/b/c/d': 'a/b_c_d',
    },
  )
})

test('children of a renamed folder follow it', () => {
  const to = target([], { nameProblem: refuses(/\./) })
  assert.deepEqual(paths([source('a.b'), source('a.b/c'), source('x.y/z')], to), {
    'a.b': 'a_b',
    'a.b/c': 'a_b/c',
    'x.y/z': 'x_y/z',
  })
})

test('a renamed folder never takes the name of one that need not change', () => {
  const to = target([], { nameProblem: refuses(/\./) })
  assert.deepEqual(paths([source('a.b'), source('a_b'), source('a_b (2)')], to), {
    'a.b': 'a_b (3)',
    a_b: 'a_b',
    'a_b (2)': 'a_b (2)',
  })
})

test('names equal but for case stay two folders, also on a target that cannot tell them apart', () => {
  const from = [source('Work'), source('work'), source('work/a'), source('Work/a')]
  assert.deepEqual(paths(from), { Work: 'Work', work: 'work', 'work/a': 'work/a', 'Work/a': 'Work/a' })
  assert.deepEqual(paths(from, target([], { caseInsensitive: true })), {
    Work: 'Work',
    'Work/a': 'Work/a',
    work: 'work (2)',
    'work/a': 'work (2)/a',
  })
  assert.equal(paths([source('Work')], target([folder('WORK')], { caseInsensitive: true }))['Work'], 'WORK')
})

test('INBOX and inbox are one folder on every target', () => {
  assert.deepEqual(paths([source('INBOX'), source('inbox')]), { INBOX: 'INBOX', inbox: 'inbox (2)' })
})

test('Unicode twins stay two folders, also on a target that normalises', () => {
  const [nfc, nfd] = ['Büro'.normalize('NFC'), 'Büro'.normalize('NFD')]
  assert.deepEqual(paths([source(nfc), source(nfd)]), { [nfc]: nfc, [nfd]: nfd })
  const folded = paths([source(nfc), source(nfd)], target([], { unicodeInsensitive: true }))
  assert.deepEqual(
    Object.values(folded)
      .map((name) => name.normalize('NFC'))
      .sort(),
    [nfc, `${nfc} (2)`],
  )
})

test('a target that takes no name at all is told with the folder and the remedy', () => {
  const to = target([], { nameProblem: () => 'no folders here' })
  assert.throws(() => mapFolders([source(['a/b'])], to, []), {
    code: 'TARGET_FOLDER_NAME',
    message: String.raw`The target takes no name for folder a\/b: no folders here.`,
  })
})

test('the plan does not depend on the order in which either server lists its folders', () => {
  const from = [
    source('INBOX'),
    source('b/Sent'),
    source('Trash'),
    source('trash'),
    source('x.y'),
    source('x_y'),
    source('Sent'),
    source('Sent Items'),
    source('a', null, false),
    source('a/b'),
    source('A/b'),
    source('Deleted Items'),
  ]
  const there = [folder('Papierkorb', 'trash'), folder('Gesendet'), folder('Sent Items'), folder('INBOX')]
  const more = { caseInsensitive: true, nameProblem: refuses(/\./) }
  const expected = mapFolders(from, target(there, more), [])
  for (let turn = 1; turn < from.length; turn++) {
    const turned = [...from.slice(turn), ...from.slice(0, turn)]
    assert.deepEqual(mapFolders(turned, target(there.toReversed(), more), []), expected)
  }
  const targets = expected.entries.filter((e) => e.selectable).map((e) => e.targetPath.join('/').toLowerCase())
  assert.equal(new Set(targets).size, targets.length)
})

const strict = (at: FolderPath) => {
  const name = at.at(-1)!
  if (at.length > 3) return 'too deep'
  if (name.length > 10) return 'too long'
  return /^\s|\s$|[./\p{Cc}]|^files$/iu.test(name) ? 'odd' : null
}

test('of any tree: no two folders share a target, every name is one that the target takes, and a second plan changes nothing', () => {
  let seed = 20_241
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  const words = [
    'INBOX',
    'inbox',
    'Sent',
    'sent',
    'Sent Items',
    'Trash',
    'a.b',
    'a_b',
    'A_B',
    'a/b',
    ' x ',
    'x',
    'X',
    '',
    '.',
    'é',
    'e\u0301',
    'long long name',
    'long long nam',
    'a_b (2)',
    'Files',
    '\u0001',
    'long lon_2',
  ]
  const roles: (FolderRole | null)[] = [null, null, null, 'sent', 'trash', 'archive', 'all']
  for (let round = 0; round < 200; round++) {
    const started = seed
    const tree = Array.from({ length: 1 + random(25) }, () => {
      const name = Array.from({ length: 1 + random(5) }, () => words[random(words.length)]!)
      return source(name, roles[random(roles.length)] ?? null, random(5) > 0)
    })
    const there = [folder('Gesendet', random(2) ? 'sent' : null), folder('Papierkorb'), folder('SENT')].slice(random(3))
    const naming = target(there, {
      caseInsensitive: random(2) > 0,
      unicodeInsensitive: random(2) > 0,
      nameProblem: strict,
    })
    const { entries } = mapFolders(tree, naming, [])
    const copied = entries.filter((entry) => entry.selectable)
    const fold = ({ targetPath }: { targetPath: FolderPath }) => {
      const text = JSON.stringify(targetPath)
      const formed = naming.unicodeInsensitive ? text.normalize('NFC') : text
      return naming.caseInsensitive ? formed.toLowerCase() : formed
    }
    assert.equal(new Set(copied.map(fold)).size, copied.length, `shared target, seed ${started}`)
    for (const { targetPath } of entries) assert.equal(strict(targetPath), null, `seed ${started}`)
    const kept = copied.map((entry) => ({ sourcePath: entry.source.path, targetPath: entry.targetPath }))
    const again = mapFolders(tree.toReversed(), naming, kept).entries.filter((entry) => entry.selectable)
    assert.deepEqual(
      again.map((entry) => entry.targetPath),
      copied.map((entry) => entry.targetPath),
      `seed ${started}`,
    )
  }
})

test('a folder that a server lists twice is planned once', () => {
  const plan = mapFolders([source('a', null, false), source('a'), source('a')], target(), [])
  assert.deepEqual(
    plan.entries.map((e) => [e.targetPath, e.selectable]),
    [[['a'], true]],
  )
})

test('views are named as such', () => {
  assert.match(entryOf([source('All Mail', 'all')], 'All Mail').note ?? '', /view \(\\all\)/)
})
