import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentence } from './sentence.ts'

const cases: readonly (readonly [string, string, string])[] = [
  ['begins with a capital and ends with a full stop', 'the file is empty', 'The file is empty.'],
  ['leaves what is a sentence already', 'Log-in refused.', 'Log-in refused.'],
  [
    "ends once, whatever the server's words ended with",
    'the target answered NO (full)..',
    'The target answered NO (full).',
  ],
  ["keeps an ellipsis of the server's", 'the server said wait...', 'The server said wait...'],
  ['leaves the name of a host as it is spelt', 'imap.old.example:993: it is gone', 'imap.old.example:993: it is gone.'],
  ['leaves an option as it is spelt', '--source x: give an address', '--source x: give an address.'],
  ['leaves an address as it is spelt', 'a@x.example is twice there', 'a@x.example is twice there.'],
  ['adds nothing to a path that will be copied', 'chmod 600 /tmp/secret', 'Chmod 600 /tmp/secret'],
  ['is empty for nothing', ' ', ''],
]

for (const [promise, text, wanted] of cases) test(`a sentence ${promise}`, () => assert.equal(sentence(text), wanted))
