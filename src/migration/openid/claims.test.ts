import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimAt, displayNameOf, rolesOf, userNameOf } from './claims.ts'

const MAPPING = { ViewOnly: ['readers'], Migration: ['movers'], OrganizationManagement: ['owners', 'ann@x.example'] }

test('a claim is found by its whole name before its dots are a path', () => {
  assert.deepEqual(claimAt({ realm_access: { roles: ['a'] } }, 'realm_access.roles'), ['a'])
  assert.equal(claimAt({ 'https://x.example/roles': 'a' }, 'https://x.example/roles'), 'a')
  assert.equal(claimAt({ 'a.b': 1, a: { b: 2 } }, 'a.b'), 1)
  assert.equal(claimAt({ a: 'text' }, 'a.length'), undefined)
  assert.equal(claimAt({}, 'constructor.name'), undefined)
})

test('roles follow from each value of the claim, as it is written, and from nothing else', () => {
  assert.deepEqual(rolesOf({ groups: ['movers', 'readers', 7] }, 'groups', MAPPING), ['ViewOnly', 'Migration'])
  assert.deepEqual(rolesOf({ groups: 'owners' }, 'groups', MAPPING), ['OrganizationManagement'])
  assert.deepEqual(rolesOf({ groups: ['Owners', 'owners '] }, 'groups', MAPPING), [])
  assert.deepEqual(rolesOf({ groups: { owners: true } }, 'groups', MAPPING), [])
  assert.deepEqual(rolesOf({}, 'groups', MAPPING), [])
})

test('a mail address gives a role or a name only where the provider has verified it', () => {
  const email = 'ann@x.example'
  assert.deepEqual(rolesOf({ email, email_verified: true }, 'email', MAPPING), ['OrganizationManagement'])
  assert.deepEqual(rolesOf({ email }, 'email', MAPPING), [])
  assert.deepEqual(rolesOf({ email, email_verified: false }, 'email', MAPPING), [])
  assert.equal(userNameOf({ sub: '1', email, email_verified: true }, null), email)
  assert.equal(userNameOf({ sub: '1', email }, null), '1')
  assert.equal(userNameOf({ sub: '1', email }, 'email'), null)
})

test('a user name is the preferred one, or of the claim that is named; signs that no name has become _', () => {
  assert.equal(userNameOf({ sub: '1', preferred_username: ' ann ' }, null), 'ann')
  assert.equal(userNameOf({ sub: '1', upn: 'CONTOSO\\ann' }, 'upn'), 'CONTOSO_ann')
  assert.equal(userNameOf({ sub: '1' }, 'upn'), null)
  assert.equal(displayNameOf({ name: 'Ann\u202e Lee' }, 'ann'), 'Ann Lee')
})
