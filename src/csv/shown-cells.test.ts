import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownCells } from './shown-cells.ts'

test('a row is shown without what looks like a password, in columns that are not ours and beyond the last one, too', () => {
  const header = ['EmailAddress', 'UserName', 'Password', 'TargetPassword', 'Passwort', 'Note']
  const cells = ['a@b.c', 'ann', 'Zq7planted', '', 'Zq7planted', 'x\u202ey', 'Zq7planted']
  const shown = shownCells(header, cells)
  assert.equal(JSON.stringify(shown).includes('Zq7planted'), false)
  assert.deepEqual(shown, ['a@b.c', 'ann', '••••••••', '', '••••••••', 'x\\u{202e}y', '••••••••'])
  assert.equal(shownCells(['UserName'], ['u'.repeat(5000)])[0]!.length, 61)
})
