import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameTaken, valueTaken } from './request-faults.ts'

test('what is taken is named with the right article, and with a remedy that helps', () => {
  assert.equal(nameTaken('API token', 'x').message, 'There is already an API token "x".')
  assert.equal(nameTaken('migration batch', 'x').message, 'There is already a migration batch "x".')
  const taken = valueTaken('administrator', 'oidcSubject', '42', 'Give another.')
  assert.equal(taken.message, 'There is already an administrator with the oidcSubject "42".')
  assert.equal(taken.remedy, 'Give another.')
})
