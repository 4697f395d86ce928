import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOfSocket } from './net-faults.ts'
import { Peer } from './peer.ts'
import { codeOf, faultOfRefusal, type Refusal } from './response-faults.ts'

const peer = new Peer({ host: 'imap.old.example', port: 993, username: 'terry', secrets: ['s3cret', 'pässword'] })

/** One line per quirk: what a server says, and what it means. */
const refusals: readonly (readonly [
  status: Refusal['status'],
  code: string,
  text: string,
  fault: string,
  scope: string,
  transient: boolean,
])[] = [
  ['BAD', '', 'Request is throttled. Suggested Backoff Time: 92415 milliseconds', 'THROTTLED', 'endpoint', true],
  ['NO', 'ALERT', 'Account exceeded command or bandwidth limits.', 'THROTTLED', 'mailbox', true],
  ['BYE', '', 'Too many simultaneous connections. (Failure)', 'TOO_MANY_CONNECTIONS', 'endpoint', true],
  [
    'NO',
    'UNAVAILABLE',
    'Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
    'TOO_MANY_CONNECTIONS',
    'endpoint',
    true,
  ],
  ['NO', 'LIMIT', 'enough', 'TOO_MANY_CONNECTIONS', 'endpoint', true],
  ['NO', 'INUSE', 'locked', 'TOO_MANY_CONNECTIONS', 'endpoint', true],
  ['BAD', '', 'User is authenticated but not connected.', 'AUTH_REFUSED', 'login', false],
  ['NO', 'AUTHENTICATIONFAILED', 'Authentication failed.', 'AUTH_REFUSED', 'login', false],
  ['NO', 'AUTHORIZATIONFAILED', 'may not act for others', 'AUTH_REFUSED', 'login', false],
  ['NO', 'EXPIRED', 'change it', 'AUTH_EXPIRED', 'login', false],
  ['NO', 'PRIVACYREQUIRED', 'Plaintext authentication disallowed', 'CLEAR_TEXT_REFUSED', 'login', false],
  ['NO', 'CONTACTADMIN', 'call us', 'AUTH_REFUSED', 'login', false],
  ['NO', 'OVERQUOTA', 'Quota exceeded (mailbox for user is full)', 'TARGET_OVER_QUOTA', 'mailbox', false],
  ['NO', '', 'You exceeded your mail quota.', 'TARGET_OVER_QUOTA', 'mailbox', false],
  ['NO', 'UNAVAILABLE', 'backend down', 'SERVER_UNAVAILABLE', 'endpoint', true],
  ['NO', 'SERVERBUG', 'Internal error occurred', 'SERVER_BROKEN', 'folder', true],
  ['NO', 'CORRUPTION', 'index', 'SERVER_BROKEN', 'folder', true],
  ['NO', 'NOPERM', 'Permission denied', 'NO_PERMISSION', 'folder', false],
  ['NO', 'TRYCREATE', "Mailbox doesn't exist", 'FOLDER_MISSING', 'folder', true],
  ['NO', 'NONEXISTENT', 'Unknown mailbox', 'FOLDER_MISSING', 'folder', true],
  ['NO', 'EXPUNGEISSUED', 'gone', 'MESSAGE_GONE', 'item', true],
  ['NO', 'TOOBIG', 'over 10 MB', 'MESSAGE_TOO_BIG', 'item', false],
  ['NO', '', 'Message too large', 'MESSAGE_TOO_BIG', 'item', false],
  ['BYE', '', 'Disconnected for inactivity.', 'NET_CLOSED', 'endpoint', true],
  ['BYE', '', 'Server shutting down.', 'NET_CLOSED', 'endpoint', true],
  ['NO', '', 'because', 'SERVER_REFUSED', 'folder', false],
  ['BAD', '', 'what?', 'SERVER_CONFUSED', 'endpoint', true],
  ['BYE', '', 'so long', 'NET_CLOSED', 'endpoint', true],
]

for (const [status, code, text, fault, scope, transient] of refusals) {
  test(`${status} ${code} ${text} is ${fault}`, () => {
    const made = faultOfRefusal(peer, 'Folder A of terry', { status, code, text })
    assert.deepEqual([made.code, made.scope, made.transient], [fault, scope, transient])
    assert.ok(made.message.startsWith('Folder A of terry on imap.old.example:993: '))
    assert.ok(made.message.includes(text), 'in the words of the server')
    assert.ok(made.remedy)
  })
}

test('the wait that a server asks for, held to a day', () => {
  const wait = (ms: string) =>
    faultOfRefusal(peer, 'x', { status: 'BAD', code: '', text: `throttled. Backoff Time: ${ms} ms` }).waitMs
  assert.equal(wait('92415'), 92_415)
  assert.equal(wait('999999999999'), 86_400_000)
})

test('codes speak before words', () => {
  assert.equal(codeOf({ code: 'LIMIT', text: 'quota of something' }), 'LIMIT')
  assert.equal(codeOf({ code: '', text: 'nothing special' }), '')
})

test('words of a server are one bounded line without marks, and never hold the password in any form', () => {
  const base64 = Buffer.from('s3cret').toString('base64')
  const plain = Buffer.from('\0terry\0pässword').toString('base64')
  const words = peer.words(
    `a\r\nb\u202Ec s3cret ${base64} pässword ${Buffer.from('pässword').toString('latin1')} ${plain}`,
  )
  assert.equal(words, 'a b c [hidden] [hidden] [hidden] [hidden] [hidden]')
  assert.ok(peer.words('x'.repeat(5000)).length < 400)
})

/** Error codes of Node, and what they mean. */
const sockets: readonly (readonly [code: string, fault: string, transient: boolean])[] = [
  ['ENOTFOUND', 'HOST_NOT_FOUND', false],
  ['EAI_AGAIN', 'HOST_NOT_FOUND', true],
  ['ECONNREFUSED', 'CONNECT_REFUSED', true],
  ['ETIMEDOUT', 'CONNECT_TIMEOUT', true],
  ['EHOSTUNREACH', 'CONNECT_TIMEOUT', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERTIFICATE_REFUSED', false],
  ['CERT_HAS_EXPIRED', 'CERTIFICATE_REFUSED', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERTIFICATE_REFUSED', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERTIFICATE_REFUSED', false],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS_REFUSED', false],
  ['EPROTO', 'TLS_REFUSED', false],
  ['ECONNRESET', 'NET_CLOSED', true],
]

for (const [code, fault, transient] of sockets) {
  test(`${code} is ${fault}`, () => {
    const made = faultOfSocket(peer, 'we connected', Object.assign(new Error('boom'), { code }))
    assert.deepEqual([made.code, made.scope, made.transient], [fault, 'endpoint', transient])
    assert.match(made.message, /imap\.old\.example:993/)
    assert.equal(made.cause, undefined)
  })
}
