import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { ANSWERED, DELETED, SEEN } from '#mail/flags.ts'
import { placeOf, safeFolderName } from './address-folder.ts'
import { baseName, crlfBytesOf, joinName, keyOfBase, parseName, readLetters, writeLetters } from './file-name.ts'
import { folderNameProblem, maildirFolderName, pathOfFolderName } from './folder-name.ts'
import { parseKeywords } from './keywords.ts'
import { NameIndex } from './name-index.ts'

test('folder paths and names on disk are one to one', () => {
  const pairs: [string[], string][] = [
    [['INBOX'], ''],
    [['INBOX', 'Sub'], '.INBOX.Sub'],
    [['Archive', '2020'], '.Archive.2020'],
    [['Entwürfe'], '.Entw&APw-rfe'],
    [['a&b'], '.a&-b'],
    [['受信トレイ', 'Été'], '.&U9dP4TDIMOwwpA-.&AMk-t&AOk-'],
    [['🎄'], '.&2DzfhA-'],
    [['100 %*', ' lead', 'trail '], '.100 %*. lead.trail '],
    [['A', '~b'], '.A.~b'],
  ]
  for (const [path, name] of pairs) {
    assert.equal(maildirFolderName(path), name)
    assert.deepEqual(pathOfFolderName(name), path)
  }
  assert.equal(maildirFolderName(['inbox']), '')
  assert.equal(maildirFolderName(['Inbox', 'x']), '.INBOX.x')
})

test('folder names that no Maildir++ can hold are refused with the reason', () => {
  const bad = [
    [],
    [''],
    ['a', ''],
    ['a.b'],
    ['..'],
    ['a/b'],
    ['~a'],
    ['a\nb'],
    ['a\0'],
    ['\u0085'],
    ['\ud800'],
    ['x'.repeat(255)],
  ]
  for (const path of bad) {
    assert.equal(maildirFolderName(path), null, JSON.stringify(path))
    assert.equal(typeof folderNameProblem(path), 'string')
  }
  assert.equal(maildirFolderName(['x'.repeat(254)])?.length, 255)
  assert.equal(maildirFolderName(['ü'.repeat(100)]), null)
})

test('names on disk that Dovecot does not show are no folders', () => {
  for (const name of ['.', '..', '...', '.a..b', '.INBOX', '.Inbox', '.a&b', '.&AGE-', '.&AC4-', 'cur']) {
    assert.equal(pathOfFolderName(name), null, name)
  }
})

test('an address becomes one folder that cannot leave the root', () => {
  assert.equal(safeFolderName('Terry.A+x_y-1@Contoso.com'), 'terry.a+x_y-1@contoso.com')
  assert.equal(safeFolderName('../../etc'), '%2E.%2F..%2Fetc')
  assert.equal(safeFolderName('.hidden'), '%2Ehidden')
  assert.equal(safeFolderName('a%2Fb'), 'a%252fb')
  assert.equal(safeFolderName('jörg'), 'j%C3%B6rg')
  assert.deepEqual(placeOf('/srv/mail', '/etc/passwd'), { root: '/srv/mail', below: ['%2Fetc%2Fpasswd'] })
  assert.deepEqual(placeOf('/srv/mail/{domain}/{local}/Maildir', 'Bob@Example.org'), {
    root: '/srv/mail',
    below: ['example.org', 'bob', 'Maildir'],
  })
  assert.deepEqual(placeOf('/srv//mail/./', '..'), { root: '/srv/mail', below: ['%2E.'] })
})

test('a root or an address that could lead astray is refused', () => {
  const bad = [
    ['mail', 'a@b'],
    ['/srv/../etc', 'a@b'],
    ['/srv/{user}/../x', 'a@b'],
    ['/srv/{admin}', 'a@b'],
    ['/srv/{toString}', 'a@b'],
    ['/srv/{domain}', 'nodomain'],
    ['/srv/{local}', '@b'],
    ['/srv', ''],
    ['/srv', 'a\0b'],
    ['/srv', 'a\nb'],
    ['/srv', 'x'.repeat(256)],
  ]
  for (const [root, address] of bad) {
    assert.throws(
      () => placeOf(root!, address!),
      (thrown) => thrown instanceof Fault && thrown.code === 'TARGET_ROOT_REFUSED',
      root,
    )
  }
})

test('names of files fall into their parts and come together again', () => {
  const file = `${baseName(7, 'ab12')},S=5,W=6:2,FSa`
  const parsed = parseName(file)
  assert.deepEqual(parsed, { base: '0000000007.ab12.waybill', fields: ',S=5,W=6', letters: 'FSa' })
  assert.equal(joinName(parsed), file)
  assert.equal(keyOfBase(parsed.base), 'ab12')
  assert.equal(crlfBytesOf(parsed.fields), 6)
  assert.equal(keyOfBase(parseName('1700000000.M1P2.host').base), '1700000000.M1P2.host')
  assert.equal(crlfBytesOf(parseName('1.x,S=5:2,').fields), null)
})

test('letters keep what they cannot read, and unknown keywords are not invented', () => {
  const table = parseKeywords('0 $Label1\n2 Work\n30 TooMany\nrubbish\n')
  assert.deepEqual(readLetters('PRSTac', table), { system: SEEN | ANSWERED | DELETED, keywords: ['$Label1', 'Work'] })
  assert.equal(writeLetters({ system: SEEN, keywords: ['work', 'none'] }, table, 'PRad'), 'PScd')
})

test('the index gives back every name as it was spelt, and each key once', () => {
  const index = new NameIndex()
  const files = new Map<string, string>()
  for (let uid = 1; uid <= 5000; uid++)
    files.set(`k${uid}`, `${baseName(uid, `k${uid}`)},S=${uid},W=${uid + 1}:2,${uid % 2 ? 'S' : ''}`)
  for (const odd of [
    '123.abc',
    '124.abc,S=07,W=8:2,S',
    '125.x:2,S',
    '126.x,S=1,W=2',
    '127.x:1,foo',
    '128.x,S=99999999999,W=2:2,',
  ]) {
    files.set(parseName(odd).base, odd)
  }
  for (const file of files.values()) assert.equal(index.put(file, false), true, file)
  for (const file of files.values()) assert.equal(index.put(file, false), false, file)
  for (const [key, file] of files) assert.deepEqual(index.get(key), { file, isNew: false })
  index.put('123.abc,S=1,W=1:2,F', true)
  assert.deepEqual(index.get('123.abc'), { file: '123.abc,S=1,W=1:2,F', isNew: true })
  assert.equal(index.size, files.size)
  index.delete('k17')
  assert.equal(index.size, files.size - 1)
  assert.equal(index.get('k17'), null)
  assert.equal(index.get('unknown'), null)
  assert.equal(index.put(files.get('k17')!, false), true)
})
