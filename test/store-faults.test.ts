import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dataFolderFull, folderFault } from '#store/fs-faults.ts'
import { isWorthRetrying, lines, storeFault, type Whereabouts } from '#store/pg-faults.ts'
import { retrying } from '#store/retrying.ts'

const embedded: Whereabouts = { kind: 'embedded', place: '/tmp' }
const external: Whereabouts = { kind: 'external', place: 'db:5432/waybill' }
const error = (code: string, more: object = {}) => Object.assign(new Error(`server said ${code}`), { code, ...more })

/** SQLSTATE, errno or text; the code people see; whether it is tried again. */
const expected: [thrown: Error, code: string, again: boolean][] = [
  [error('53100'), 'DATABASE_FULL', false],
  [error('ENOSPC'), 'DATABASE_FULL', false],
  [error('EDQUOT'), 'DATABASE_FULL', false],
  [error('53200'), 'DATABASE_OUT_OF_MEMORY', true],
  [error('53300'), 'DATABASE_BUSY', true],
  [error('57P01'), 'DATABASE_UNREACHABLE', true],
  [error('57P02'), 'DATABASE_UNREACHABLE', true],
  [error('57P03'), 'DATABASE_UNREACHABLE', true],
  [error('57P05'), 'DATABASE_UNREACHABLE', true],
  [error('08006'), 'DATABASE_UNREACHABLE', true],
  [error('ECONNREFUSED'), 'DATABASE_UNREACHABLE', true],
  [error('ECONNRESET'), 'DATABASE_UNREACHABLE', true],
  [error('EPIPE'), 'DATABASE_UNREACHABLE', true],
  [error('ENOENT', { syscall: 'connect' }), 'DATABASE_UNREACHABLE', true],
  [error('ETIMEDOUT'), 'DATABASE_UNREACHABLE', true],
  [error('EHOSTUNREACH'), 'DATABASE_UNREACHABLE', true],
  [error('ENETUNREACH'), 'DATABASE_UNREACHABLE', true],
  [error('EAI_AGAIN'), 'DATABASE_UNREACHABLE', true],
  [new Error('Connection terminated unexpectedly'), 'DATABASE_UNREACHABLE', true],
  [new Error('Client has encountered a connection error and is not queryable'), 'DATABASE_UNREACHABLE', true],
  [new Error('timeout exceeded when trying to connect'), 'DATABASE_UNREACHABLE', true],
  [error('ENOTFOUND'), 'DATABASE_UNREACHABLE', false],
  [error('EACCES', { syscall: 'connect' }), 'DATABASE_UNREACHABLE', false],
  [error('40001'), 'DATABASE_CONFLICT', true],
  [error('40P01'), 'DATABASE_CONFLICT', true],
  [error('55P03'), 'DATABASE_CONFLICT', true],
  [error('25P03'), 'DATABASE_CONFLICT', true],
  [error('25006'), 'DATABASE_READ_ONLY', true],
  [error('57014'), 'DATABASE_SLOW', true],
  [error('28P01'), 'DATABASE_LOGIN_REFUSED', false],
  [error('3D000'), 'DATABASE_MISSING', false],
  [error('42501'), 'DATABASE_PERMISSION', false],
  [error('XX001'), 'DATABASE_DAMAGED', false],
  [error('XX002'), 'DATABASE_DAMAGED', false],
  [error('58030'), 'DATABASE_DAMAGED', false],
]

for (const [thrown, code, again] of expected) {
  test(`${thrown.message} is ${code}${again ? ' and tried again' : ''}`, () => {
    const fault = storeFault(thrown, external)
    assert.equal(fault.code, code)
    assert.equal(fault.scope, 'instance')
    assert.equal(fault.transient, again)
    assert.equal(isWorthRetrying(thrown), again)
    assert.ok(fault.message.includes(external.place) && fault.message.includes(thrown.message) && fault.remedy)
  })
}

test('the table above has every line', () => assert.equal(expected.length, lines.length))

test('a full disk of the embedded database names the data folder', () => {
  for (const code of ['53100', 'ENOSPC']) {
    const fault = storeFault(error(code), embedded)
    assert.equal(fault.code, 'DATA_FOLDER_FULL')
    assert.match(fault.message, /data folder \/tmp is full/)
  }
  assert.equal(folderFault(error('ENOSPC'), '/d', 'writing', '/d/f').code, dataFolderFull('/d', '').code)
})

test('an SQL error that we do not know is a bug that quotes no value of a row', () => {
  const thrown = error('23505', {
    detail: 'Key (password)=(geheim) already exists.',
    table: 'users',
    routine: '_bt_check',
  })
  const fault = storeFault(Object.assign(thrown, { message: 'geheim' }), embedded)
  assert.equal(fault.code, 'BUG')
  assert.ok(!JSON.stringify([fault.message, fault.facts, String(fault.cause)]).includes('geheim'))
})

test('a file of ours that is missing is not a database that cannot be reached', () => {
  assert.equal(isWorthRetrying(error('ENOENT', { syscall: 'open' })), false)
})

test('work is run again after a lost connection, not after a refusal, and not for ever', async () => {
  let runs = 0
  const flaky = async () => {
    if (++runs < 3) throw error('57P01')
    return 'done'
  }
  assert.equal(await retrying(external, flaky), 'done')
  assert.equal(runs, 3)
  await assert.rejects(
    retrying(external, () => Promise.reject(error('42501'))),
    { code: 'DATABASE_PERMISSION' },
  )
  const lost = () => Promise.reject(error('ECONNREFUSED'))
  await assert.rejects(retrying(external, lost, { forMs: 50 }), { code: 'DATABASE_UNREACHABLE', transient: true })
  const stop = AbortSignal.abort(new Error('stopped'))
  await assert.rejects(retrying(external, lost, { signal: stop }), { message: 'stopped' })
})
