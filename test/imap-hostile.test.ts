import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { append, type AppendMessage, type AppendOutcome } from '#imap/append.ts'
import { connectLane } from '#imap/connect.ts'
import type { Deadlines } from '#imap/deadlines.ts'
import { fetchBodies } from '#imap/fetch-bodies.ts'
import { fetchList } from '#imap/fetch-list.ts'
import type { Lane } from '#imap/lane.ts'
import { listFolders } from '#imap/list-folders.ts'
import { openFolder } from '#imap/open-folder.ts'
import { type Script, type ScriptedServer, scripted } from './imap-scripted.ts'

const quick: Partial<Deadlines> = {
  connectMs: 2000,
  greetingMs: 300,
  tlsMs: 300,
  loginMs: 1000,
  silenceMs: 200,
  appendMs: 300,
  lingerMs: 200,
}

const login = (server: ScriptedServer, security: 'none' | 'tls' = 'none', deadlines = quick) =>
  connectLane({
    host: server.host,
    port: server.port,
    security,
    username: 'terry',
    password: 'hunter2-planted',
    deadlines,
  })

/** A server with these capabilities, whose script runs after the log-in. */
async function withLane(
  capabilities: string,
  play: (script: Script) => Promise<void>,
  use: (lane: Lane, script: Script) => Promise<void>,
  deadlines = quick,
): Promise<void> {
  await using server = await scripted(async (script) => {
    await script.login(capabilities)
    await play(script)
  })
  const lane = await login(server, 'none', deadlines)
  try {
    await use(lane, server.scripts[0]!)
  } finally {
    await lane.close()
  }
}

const faultOf = async (promise: Promise<unknown>): Promise<Fault> => {
  try {
    await promise
  } catch (thrown) {
    assert.ok(thrown instanceof Fault, String(thrown))
    return thrown
  }
  throw new Error('nothing was thrown')
}

const mail = (text: string): AppendMessage => {
  const body = Buffer.from(text)
  return { flags: ['\\Seen', '$Work'], date: '01-Feb-2024 12:05:09 +0000', bytes: body.length, body: [body] }
}

const folder = { raw: 'INBOX', validity: 7, uidNext: 100 }
const send = (lane: Lane, messages: readonly AppendMessage[], gate = () => true): Promise<AppendOutcome[]> =>
  append(lane, folder, messages, gate, () => undefined)
const kinds = (outcomes: readonly AppendOutcome[]) => outcomes.map(({ kind }) => kind)

async function read(messages: ReturnType<typeof fetchBodies>) {
  const got: { uid: number; flags: readonly string[]; date: string; bytes: number; body: string | null }[] = []
  for await (const { uid, flags, date, bytes, body } of messages) {
    const chunks: Buffer[] = []
    if (body) for await (const chunk of body) chunks.push(chunk)
    got.push({ uid, flags, date, bytes, body: body ? Buffer.concat(chunks).toString() : null })
  }
  return got
}

const fails = async (play: (script: Script) => Promise<void>, security: 'none' | 'tls' = 'none') => {
  await using server = await scripted(play)
  const fault = await faultOf(login(server, security))
  const all = JSON.stringify([fault.message, fault.facts, fault.remedy, fault.cause ?? null, fault.stack])
  assert.ok(!all.includes('hunter2'), all)
  return { fault, received: server.scripts[0]?.received ?? '' }
}

describe('log-in', () => {
  test('a server that is no IMAP server is named, never quoted', async () => {
    const { fault } = await fails(async (script) => script.say('SSH-2.0-OpenSSH_9 secret-banner\r\n'))
    assert.equal(fault.code, 'NOT_IMAP')
    assert.ok(!fault.message.includes('secret-banner'))
  })

  test('no greeting within the deadline', async () => {
    assert.equal((await fails(async () => undefined)).fault.code, 'NET_TIMEOUT')
  })

  test('no answer to the log-in within the deadline', async () => {
    const { fault } = await fails(async (script) => script.say('* OK [CAPABILITY IMAP4rev1] hi\r\n'))
    assert.equal(fault.code, 'NET_TIMEOUT')
  })

  test('a refused log-in names the user and the words of the server, even when these hold the password', async () => {
    const { fault } = await fails(async (script) => {
      script.say('* OK [CAPABILITY IMAP4rev1] hi\r\n')
      const { tag } = (await script.command())!
      script.say(`${tag} NO [AUTHENTICATIONFAILED] terry with hunter2-planted is unknown\r\n`)
    })
    assert.equal(fault.code, 'AUTH_REFUSED')
    assert.equal(fault.scope, 'login')
    assert.match(fault.message, /Log-in of terry on .*\[hidden\] is unknown/)
  })

  test('too many connections, in the greeting', async () => {
    const { fault } = await fails(async (script) => {
      script.say('* BYE [UNAVAILABLE] Too many simultaneous connections\r\n')
      script.socket.end()
    })
    assert.equal(fault.code, 'TOO_MANY_CONNECTIONS')
    assert.equal(fault.scope, 'endpoint')
  })

  test('a wait that the server asks for is carried', async () => {
    const { fault } = await fails(async (script) => {
      script.say('* OK [CAPABILITY IMAP4rev1] hi\r\n')
      const { tag } = (await script.command())!
      script.say(`${tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n`)
    })
    assert.equal(fault.code, 'THROTTLED')
    assert.equal(fault.waitMs, 92_415)
  })

  test('STARTTLS not offered: no password is sent', async () => {
    const { fault, received } = await fails(async (script) => {
      script.say('* OK [CAPABILITY IMAP4rev1] hi\r\n')
      await script.gone()
    }, 'tls')
    assert.equal(fault.code, 'TLS_REFUSED')
    assert.ok(!received.includes('LOGIN'))
  })

  test('what is said between STARTTLS and TLS is an attack: no password is sent', async () => {
    const { fault, received } = await fails(async (script) => {
      script.say('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n')
      const { tag } = (await script.command())!
      script.say(`${tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n`)
      await script.gone()
    }, 'tls')
    assert.equal(fault.code, 'TLS_REFUSED')
    assert.ok(!received.includes('hunter2'))
  })

  test('a password beyond ASCII goes out as UTF-8, by LOGIN and by PLAIN', async () => {
    const password = 'pä"ss\\wörd'
    for (const capability of ['', ' AUTH=PLAIN']) {
      let seen = ''
      await using server = await scripted(async (script) => {
        script.say(`* OK [CAPABILITY IMAP4rev1${capability}] hi\r\n`)
        const { tag, text } = (await script.command())!
        if (text.startsWith('AUTHENTICATE')) {
          script.say('+ \r\n')
          seen = Buffer.from((await script.line())!, 'base64').toString()
        } else seen = Buffer.from(script.received, 'latin1').toString()
        script.say(`${tag} NO [AUTHENTICATIONFAILED] no\r\n`)
      })
      const options = { host: server.host, port: server.port, security: 'none' as const, username: 'terry', password }
      assert.equal((await faultOf(connectLane(options))).code, 'AUTH_REFUSED')
      assert.ok(seen.includes(password) || seen.includes('pä\\"ss\\\\wörd'), seen)
    }
  })

  test('what a log-in cannot say is refused once, not tried again and again', async () => {
    for (const [capabilities, extra] of [
      ['', { password: 'nul\0' }],
      ['', { authzid: 'ann' }],
      ['LOGINDISABLED', {}],
    ] as const) {
      await using server = await scripted(async (script) => {
        script.say(`* OK [CAPABILITY IMAP4rev1 ${capabilities}] hi\r\n`)
        await script.gone()
      })
      const options = {
        host: server.host,
        port: server.port,
        security: 'none' as const,
        username: 'terry',
        password: 'x',
      }
      const fault = await faultOf(connectLane({ ...options, ...extra }))
      assert.equal(fault.transient, false, fault.message)
      assert.ok(['AUTH_UNSUPPORTED', 'CLEAR_TEXT_REFUSED'].includes(fault.code), fault.code)
      assert.ok(!server.scripts[0]!.received.includes('terry'))
    }
  })

  test('a server that logs us in by itself is left', async () => {
    const { fault } = await fails(async (script) => {
      script.say('* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n')
      await script.gone()
    }, 'tls')
    assert.equal(fault.code, 'AUTH_NOT_ASKED')
  })

  test('clear text to another machine is refused before anything is sent', async () => {
    const options = { host: '192.0.2.1', port: 143, security: 'none' as const, username: 'terry', password: 'x' }
    assert.equal((await faultOf(connectLane(options))).code, 'CLEAR_TEXT_REFUSED')
  })

  test('what was said before the first answer of the lane is dropped', async () => {
    await using server = await scripted(async (script) => {
      script.say('* OK [CAPABILITY IMAP4rev1] hi\r\n')
      const { tag } = (await script.command())!
      script.say(`${tag} OK [CAPABILITY IMAP4rev1] in\r\n* 5 EXISTS\r\nw1 OK early\r\nrubbish {99}\r\n`)
      const noop = (await script.command())!
      script.say(`${noop.tag} OK\r\n`)
      const next = (await script.command())!
      script.say(`${next.tag} OK fine\r\n`)
    })
    const lane = await login(server)
    assert.equal((await lane.ask(['CHECK'])).text, 'fine')
    await lane.close()
  })
})

/** What a server says to a harmless command, and how the lane ends by it. */
const deaths: readonly (readonly [name: string, answer: string, code: string])[] = [
  ['is destroyed by BAD', 'TAG BAD what?\r\n', 'SERVER_CONFUSED'],
  ['is destroyed by an answer to a command that was not sent', 'x1 OK NOOP completed\r\n', 'SERVER_GARBLED'],
  ['is destroyed by an answer that is none', 'TAG MAYBE\r\n', 'SERVER_GARBLED'],
  ['is destroyed by a leave that nobody waits for', '+ go\r\n', 'SERVER_GARBLED'],
  ['is destroyed by a line without an end', 'x'.repeat(70_000), 'SERVER_GARBLED'],
  ['is destroyed by a literal of impossible size', '* LIST () "/" {99999999999}\r\n', 'SERVER_GARBLED'],
  ['is destroyed by a name of a megabyte', '* LIST () "/" {1000000}\r\n', 'SERVER_GARBLED'],
  ['is destroyed by a flood', '* 1 EXISTS is what nobody asked for, nor wants\r\n'.repeat(200_000), 'SERVER_GARBLED'],
  ['ends in silence', '', 'NET_TIMEOUT'],
]

describe('a lane', () => {
  for (const [name, answer, code] of deaths) {
    test(name, () =>
      withLane(
        '',
        async (script) => {
          const { tag } = (await script.command())!
          script.say(answer.replaceAll('TAG', tag))
        },
        async (lane) => {
          assert.equal((await faultOf(lane.ask(['CHECK']))).code, code)
          assert.equal(lane.alive, false)
          assert.equal(lane.socket.destroyed, true)
        },
      ),
    )
  }

  test('says why the server closed it', () =>
    withLane(
      '',
      async (script) => {
        await script.command()
        script.say('* BYE Disconnected for inactivity.\r\n')
        script.socket.end()
      },
      async (lane) => {
        const fault = await faultOf(lane.ask(['CHECK']))
        assert.equal(fault.code, 'NET_CLOSED')
        assert.match(fault.message, /Disconnected for inactivity/)
      },
    ))

  test('reads texts that end like a literal', () =>
    withLane(
      '',
      async (script) => {
        const { tag } = (await script.command())!
        script.say(`* OK see {5}\r\n${tag} NO [LIMIT] at {17}\r\n`)
      },
      async (lane) => {
        assert.deepEqual(await lane.ask(['CHECK']), { status: 'NO', code: 'LIMIT', args: '', text: 'at {17}' })
      },
    ))

  test('parentheses a thousand deep are refused', () =>
    withLane(
      '',
      async (script) => {
        await script.command()
        script.say(`* LIST ${'('.repeat(1000)}\r\n`)
      },
      async (lane) => assert.equal((await faultOf(listFolders(lane, 'x', '*', false))).code, 'SERVER_GARBLED'),
    ))
})

describe('LIST', () => {
  test('without extensions: LSUB and STATUS make up for it, in any spelling of names', () =>
    withLane(
      '',
      async (script) => {
        for (;;) {
          const command = await script.command()
          if (!command) return
          const { tag, text } = command
          if (text.startsWith('LIST')) {
            script.say(
              '* LIST (\\NoInferiors) NIL inbox\r\n* LIST (\\Noselect) "." {3}\r\nA.B\r\n* LIST () "." "q\\"\\\\"\r\n* LIST () "." NIL\r\n',
            )
          }
          if (text.startsWith('LSUB')) script.say('* LSUB () "." {3}\r\nA.B\r\n')
          if (text.startsWith('STATUS "inbox"')) script.say('* STATUS INBOX (UIDNEXT 4 MESSAGES 3 UIDVALIDITY 9)\r\n')
          if (text.startsWith('STATUS "q')) {
            script.say(`${tag} NO [NOPERM] not you\r\n`)
            continue
          }
          script.say(`${tag} OK\r\n`)
        }
      },
      async (lane) => {
        const folders = await listFolders(lane, 'x', '*', true)
        assert.deepEqual(
          folders.map(({ raw, subscribed, counts }) => [raw, subscribed, counts?.messages ?? null]),
          [
            ['inbox', false, 3],
            ['A.B', true, null],
            ['q"\\', false, null],
            ['NIL', false, null],
          ],
        )
      },
    ))
})

const fetches = (answer: string, uids: readonly (readonly [number, number])[] = [[1, 9]]) => {
  let result!: ReturnType<typeof read>
  return withLane(
    '',
    async (script) => {
      const { tag } = (await script.command())!
      script.say(answer.replaceAll('TAG', tag))
    },
    async (lane) => {
      result = read(fetchBodies(lane, 'Folder', uids))
      await result.catch(() => undefined)
    },
  ).then(() => result)
}

describe('FETCH', () => {
  const rest = 'FLAGS (\\Seen) INTERNALDATE "01-Feb-2024 12:05:09 +0000"'

  test('items in any order, bodies as literal, quoted string, NIL and nothing, among data that nobody asked for', async () => {
    const got = await fetches(
      [
        '* 3 EXPUNGE',
        `* 1 FETCH (${rest} UID 1 BODY[] {5}\r\nhello)`,
        `* 2 FETCH (BODY[] {3}\r\nabc UID 2 ${rest})`,
        '* 9 FETCH (FLAGS (\\Answered))',
        '* 9 FETCH (UID 9 FLAGS (\\Answered))',
        `* 3 FETCH (UID 3 BODY[] "quo\\"ted" ${rest})`,
        `* 4 FETCH (UID 4 ${rest} BODY[] NIL)`,
        `* 5 FETCH (UID 5 ${rest} BODY[] {0}\r\n)`,
        `* 6 FETCH (UID 6 ${rest} BODY[] "")`,
        `* 7 FETCH (UID 77 ${rest} BODY[] {4}\r\nnot!)`,
        `* 7 FETCH (UID 1 ${rest} BODY[] {5}\r\ntwice)`,
        '* 12 EXISTS',
        'TAG OK\r\n',
      ].join('\r\n'),
    )
    assert.deepEqual(
      got.map(({ uid, bytes, body, flags }) => [uid, bytes, body, flags]),
      [
        [1, 5, 'hello', ['\\Seen']],
        [2, 3, 'abc', ['\\Seen']],
        [3, 7, 'quo"ted', ['\\Seen']],
        [4, 0, null, ['\\Seen']],
        [5, 0, '', ['\\Seen']],
        [6, 0, '', ['\\Seen']],
      ],
    )
  })

  test('a connection that is cut inside a literal is an error, and nothing is padded', () =>
    withLane(
      '',
      async (script) => {
        await script.command()
        script.say(`* 1 FETCH (UID 1 ${rest} BODY[] {500}\r\nonly this`)
        script.socket.end()
      },
      async (lane) => {
        const messages = fetchBodies(lane, 'Folder', [[1, 9]])[Symbol.asyncIterator]()
        const { value } = await messages.next()
        const chunks: string[] = []
        const fault = await faultOf(
          (async () => {
            for await (const chunk of value!.body!) chunks.push(chunk.toString())
          })(),
        )
        assert.equal(fault.code, 'NET_CLOSED')
        assert.deepEqual(chunks, ['only this'])
        assert.equal((await faultOf(messages.next())).code, 'NET_CLOSED')
      },
    ))

  test('messages that have gone are left out, whatever the server calls it', async () => {
    for (const answer of [
      'TAG OK\r\n',
      'TAG NO [EXPUNGEISSUED] gone\r\n',
      'TAG NO Some of the requested messages no longer exist.\r\n',
    ]) {
      assert.equal((await fetches(`* 1 FETCH (UID 1 ${rest} BODY[] {1}\r\nx)\r\n${answer}`)).length, 1)
    }
  })

  test('a NO that means more is a fault of the message', async () => {
    const fault = await faultOf(fetches('TAG NO conversion failed\r\n'))
    assert.equal(fault.code, 'MESSAGE_UNREADABLE')
    assert.equal(fault.scope, 'item')
  })

  test('a large body ahead of its UID is asked for again, values first', () => {
    const large = 'y'.repeat(2_000_000)
    return withLane(
      '',
      async (script) => {
        const { tag } = (await script.command())!
        script.say(`* 1 FETCH (BODY[] {${large.length}}\r\n${large} UID 4 ${rest})\r\n${tag} OK\r\n`)
        const metadata = (await script.command())!
        assert.equal(metadata.text, 'UID FETCH 4 (UID FLAGS INTERNALDATE)')
        const body = (await script.command())!
        script.say(`* 1 FETCH (UID 4 ${rest})\r\n* 1 FETCH (BODY[] {${large.length}}\r\n${large} UID 4)\r\n`)
        script.say(`${metadata.tag} OK\r\n${body.tag} OK\r\n`)
      },
      async (lane) => {
        const got = await read(fetchBodies(lane, 'Folder', [[1, 9]]))
        assert.deepEqual(
          got.map(({ uid, bytes }) => [uid, bytes]),
          [[4, large.length]],
        )
      },
    )
  })

  test('two sets under way, whose answers come late, do not wait for each other', () => {
    const large = 'y'.repeat(1_000_000)
    return withLane(
      '',
      async (script) => {
        const [one, two] = [(await script.command())!, (await script.command())!]
        script.say(`* 1 FETCH (UID 1 ${rest} BODY[] {1}\r\na)\r\n`)
        for (const uid of [11, 12])
          script.say(`* 1 FETCH (UID ${uid} ${rest} BODY[] {${large.length}}\r\n${large})\r\n`)
        script.say(`${one.tag} OK\r\n${two.tag} OK\r\n`)
      },
      async (lane) => {
        const [one, two] = [fetchBodies(lane, 'Folder', [[1, 2]]), fetchBodies(lane, 'Folder', [[11, 12]])]
        assert.deepEqual(
          (await read(one)).map(({ uid }) => uid),
          [1],
        )
        assert.deepEqual(
          (await read(two)).map(({ uid }) => uid),
          [11, 12],
        )
      },
    )
  })

  test('a server is held back while nobody reads', () => {
    const chunk = Buffer.alloc(1_000_000, 'z')
    let drained = 0
    return withLane(
      '',
      async (script) => {
        const { tag } = (await script.command())!
        script.say(`* 1 FETCH (UID 1 ${rest})\r\n${tag} OK\r\n`)
        const body = (await script.command())!
        script.say('* 1 FETCH (UID 1 BODY[] {50000000}\r\n')
        for (let i = 0; i < 50; i++) {
          await new Promise<void>((resolve) => script.socket.write(chunk, () => resolve()))
          drained++
        }
        script.say(`)\r\n${body.tag} OK\r\n`)
      },
      async (lane) => {
        const messages = fetchBodies(lane, 'Folder', [[1, 1]])[Symbol.asyncIterator]()
        const { value } = await messages.next()
        // Longer than the silence that a server may keep: it is we who make it wait.
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        assert.ok(drained < 20, `${drained} MB were taken though nobody read`)
        let bytes = 0
        for await (const part of value!.body!) bytes += part.length
        assert.equal(bytes, 50_000_000)
        assert.equal((await messages.next()).done, true)
      },
      // So long that a busy machine is not taken for a silent server while the rest comes.
      { ...quick, silenceMs: 1_000 },
    )
  })

  test('a reader who leaves early leaves the connection in step', () => {
    const large = 'y'.repeat(1_000_000)
    return withLane(
      '',
      async (script) => {
        const { tag } = (await script.command())!
        for (const uid of [1, 2, 3])
          script.say(`* 1 FETCH (UID ${uid} ${rest} BODY[] {${large.length}}\r\n${large})\r\n`)
        script.say(`${tag} OK\r\n`)
        const next = (await script.command())!
        script.say(`${next.tag} OK fine\r\n`)
      },
      async (lane) => {
        for await (const message of fetchBodies(lane, 'Folder', [[1, 3]])) {
          for await (const chunk of message.body!) {
            assert.ok(chunk.length > 0)
            break
          }
          break
        }
        assert.equal((await lane.ask(['CHECK'])).text, 'fine')
      },
    )
  })

  test('a list is answered for its own range only, and more messages than UIDs are a lie', () =>
    withLane(
      '',
      async (script) => {
        const { tag } = (await script.command())!
        script.say(
          `* 1 FETCH (UID 3 ${rest} RFC822.SIZE 9)\r\n* 9 FETCH (UID 9 ${rest} RFC822.SIZE 10)\r\n${tag} OK\r\n`,
        )
        await script.command()
        script.say(`* 1 FETCH (UID 5 ${rest} RFC822.SIZE 9)\r\n`.repeat(3))
      },
      async (lane) => {
        const uids: number[] = []
        for await (const batch of fetchList(lane, 'x', { from: 5, to: null }, null, null))
          uids.push(...batch.map(({ uid }) => uid))
        assert.deepEqual(uids, [9])
        const lie = fetchList(lane, 'x', { from: 5, to: 6 }, null, null)[Symbol.asyncIterator]()
        await lie.next()
        assert.equal((await faultOf(lie.next())).code, 'SERVER_GARBLED')
      },
    ))

  test('a folder without UIDNEXT is asked for its highest UID', () =>
    withLane(
      '',
      async (script) => {
        const examine = (await script.command())!
        assert.equal(examine.text, 'EXAMINE "INBOX"')
        script.say(`* 3 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n${examine.tag} OK [READ-ONLY]\r\n`)
        const fetch = (await script.command())!
        script.say(`* 3 FETCH (UID 41)\r\n${fetch.tag} OK\r\n`)
      },
      async (lane) => {
        const { uidNext, validity, messages } = await openFolder(lane, 'x', 'INBOX', true)
        assert.deepEqual({ uidNext, validity, messages }, { uidNext: 42, validity: 5, messages: 3 })
      },
    ))
})

const answers = (capabilities: string, answer: string) => {
  let outcomes!: AppendOutcome[]
  let received = ''
  return withLane(
    capabilities,
    async (script) => {
      for (;;) {
        const command = await script.command()
        if (!command) return
        script.say(answer.replaceAll('TAG', command.tag))
      }
    },
    async (lane, script) => {
      outcomes = await send(lane, [mail('one'), mail('three')])
      received = script.received
    },
  ).then(() => ({ outcomes, received }))
}

describe('APPEND', () => {
  test('one command with literals that wait for nobody', async () => {
    const { received, outcomes } = await answers('MULTIAPPEND LITERAL+', 'TAG OK [APPENDUID 7 100:101] done\r\n')
    const line = '(\\Seen $Work) "01-Feb-2024 12:05:09 +0000"'
    assert.ok(received.endsWith(`1 APPEND "INBOX" ${line} {3+}\r\none ${line} {5+}\r\nthree\r\n`), received)
    assert.deepEqual(outcomes, [
      { kind: 'landed', uid: 100 },
      { kind: 'landed', uid: 101 },
    ])
  })

  test('an APPENDUID that cannot be ours is not believed, the landing is', async () => {
    for (const code of [
      '8 100:101',
      '7 99:100',
      '7 100:102',
      '7 100',
      '7 100,100',
      '7 0:1',
      'x',
      '7 100:4294967296',
      '7 *',
    ]) {
      const { outcomes } = await answers('MULTIAPPEND LITERAL+', `TAG OK [APPENDUID ${code}] done\r\n`)
      assert.deepEqual(
        outcomes,
        [
          { kind: 'landed', uid: null },
          { kind: 'landed', uid: null },
        ],
        code,
      )
    }
  })

  test('literals wait for leave where they must: LITERAL- above 4096 bytes, and without any', async () => {
    const large = mail('x'.repeat(5000))
    for (const [capabilities, expected] of [
      ['LITERAL- MULTIAPPEND', ['{3+}', '{5000}']],
      ['MULTIAPPEND', ['{3}', '{5000}']],
    ] as const) {
      await withLane(
        capabilities,
        async (script) => {
          const { tag } = (await script.command())!
          script.say(`${tag} OK\r\n`)
        },
        async (lane, script) => {
          assert.deepEqual(kinds(await send(lane, [mail('abc'), large])), ['landed', 'landed'])
          assert.deepEqual(script.received.match(/\{\d+\+?\}/g)!.slice(-2), expected)
        },
      )
    }
  })

  test('without MULTIAPPEND each message has an outcome of its own', () =>
    withLane(
      'LITERAL+',
      async (script) => {
        for (const answer of ['OK [APPENDUID 7 100]', 'NO [TOOBIG] no', 'OK']) {
          const { tag } = (await script.command())!
          script.say(`${tag} ${answer}\r\n`)
        }
      },
      async (lane) => {
        assert.deepEqual(await send(lane, [mail('a'), mail('b'), mail('c')]), [
          { kind: 'landed', uid: 100 },
          { kind: 'refused', code: 'TOOBIG', text: 'no' },
          { kind: 'landed', uid: null },
        ])
      },
    ))

  test('NO in place of leave: the message is refused and the connection stays in step', () =>
    withLane(
      'MULTIAPPEND',
      async (script) => {
        const line = (await script.line())!
        script.say(`${line.split(' ')[0]} NO [OVERQUOTA] full\r\n`)
        const next = (await script.command())!
        script.say(`${next.tag} OK [APPENDUID 7 100]\r\n`)
      },
      async (lane) => {
        assert.deepEqual((await send(lane, [mail('a'), mail('b')]))[1], {
          kind: 'refused',
          code: 'OVERQUOTA',
          text: 'full',
        })
        assert.deepEqual(await send(lane, [mail('c')]), [{ kind: 'landed', uid: 100 }])
      },
    ))

  test('the last two bytes leave only after the gate, in the same tick', () => {
    let before = ''
    return withLane(
      'LITERAL+',
      async (script) => {
        const { tag } = (await script.command())!
        script.say(`${tag} OK\r\n`)
      },
      async (lane, script) => {
        const body = mail('final words')
        const sent: number[] = []
        const outcome = await send(lane, [body], () => {
          sent.push(lane.socket.bytesWritten)
          assert.equal(lane.socket.writableLength, 0)
          before = script.received
          queueMicrotask(() => sent.push(lane.socket.bytesWritten))
          return true
        })
        assert.deepEqual(kinds(outcome), ['landed'])
        assert.equal(sent[1]! - sent[0]!, 2)
        assert.ok(!before.endsWith('words\r\n'))
      },
    )
  })

  test('a shut gate: everything but the last two bytes arrived, and the connection is gone', () =>
    withLane(
      'LITERAL+ MULTIAPPEND',
      async (script) => {
        await script.gone()
      },
      async (lane, script) => {
        assert.deepEqual(kinds(await send(lane, [mail('one'), mail('two')], () => false)), ['unsent', 'unsent'])
        await script.gone()
        assert.ok(script.received.endsWith('{3+}\r\ntwo'))
        assert.deepEqual(kinds(await send(lane, [mail('later')])), ['unsent'])
      },
    ))

  test('BAD to an APPEND: not one byte more, and nobody knows what was stored', () =>
    withLane(
      'LITERAL+',
      async (script) => {
        const { tag } = (await script.command())!
        script.say(`${tag} BAD Invalid date\r\n`)
        await script.gone()
      },
      async (lane) => {
        const [one, two] = await Promise.all([send(lane, [mail('one')]), send(lane, [mail('two')])])
        assert.deepEqual(kinds(one), ['unknown'])
        assert.ok(['unsent', 'unknown'].includes(two[0]!.kind))
        assert.equal(lane.socket.destroyed, true)
      },
    ))

  test('a connection that ends without an answer leaves the group unknown', () =>
    withLane(
      'LITERAL+',
      async (script) => {
        await script.command()
        script.socket.end()
      },
      async (lane) => assert.deepEqual(kinds(await send(lane, [mail('one')])), ['unknown']),
    ))

  test('when we give up waiting, the connection is half-closed and an answer that still comes counts', () =>
    withLane(
      'LITERAL+',
      async (script) => {
        const { tag } = (await script.command())!
        await script.gone()
        script.say(`${tag} OK [APPENDUID 7 100] at last\r\n`)
        script.socket.end()
      },
      async (lane) => {
        assert.deepEqual(await send(lane, [mail('one')]), [{ kind: 'landed', uid: 100 }])
        assert.equal(lane.alive, false)
      },
    ))

  test('a server that never answers ends as unknown, after a bounded time', () =>
    withLane(
      'LITERAL+',
      async (script) => {
        await script.command()
        await script.gone()
      },
      async (lane) => {
        const [outcome] = await send(lane, [mail('one')])
        assert.equal(outcome!.kind, 'unknown')
        assert.equal(outcome!.kind === 'unknown' && outcome!.cause.code, 'NET_TIMEOUT')
      },
    ))

  test('a server that does not read while it answers does not lock us', () => {
    const large = mail('x'.repeat(4_000_000))
    return withLane(
      'LITERAL+',
      async (script) => {
        // More answers than any buffer holds, before a single byte of the message is read.
        script.socket.pause()
        for (let i = 0; i < 30; i++) {
          await new Promise<void>((resolve) =>
            script.socket.write(Buffer.from('* OK still here, thinking\r\n'.repeat(8000)), () => resolve()),
          )
        }
        script.socket.resume()
        const { tag } = (await script.command())!
        script.say(`${tag} OK\r\n`)
      },
      async (lane) => assert.deepEqual(kinds(await send(lane, [large])), ['landed']),
    )
  })

  test('a body longer or shorter than announced is never completed', async () => {
    for (const text of ['too long', 'sh']) {
      await withLane(
        'LITERAL+',
        async (script) => script.gone(),
        async (lane, script) => {
          let freed = 0
          const outcomes = await append(
            lane,
            folder,
            [{ ...mail('right'), body: chunks(text) }],
            () => true,
            (bytes) => (freed += bytes),
          )
          assert.deepEqual(kinds(outcomes), ['unsent'])
          // A dying connection may still be reading from it: nobody else gets that memory.
          assert.equal(freed, 0)
          await script.gone()
          assert.ok(!/\{5\+\}\r\n.*\r\n$/s.test(script.received), script.received)
        },
      )
    }
  })

  test('names, flags and dates cannot carry a command', () =>
    withLane(
      'LITERAL+ MULTIAPPEND',
      async (script) => {
        const { tag } = (await script.command())!
        script.say(`${tag} OK\r\n`)
      },
      async (lane, script) => {
        await append(
          lane,
          { ...folder, raw: 'a"b\r\nx1 NOOP' },
          [mail('z')],
          () => true,
          () => undefined,
        )
        assert.match(script.received, /APPEND \{12\+\}\r\na"b\r\nx1 NOOP \(/)
        for (const wrong of [
          { flags: ['\\Recent'] },
          { flags: ['a b'] },
          { flags: ['a\r\nb'] },
          { date: '1-Feb-2024 x' },
          { bytes: 0, body: [] },
        ]) {
          assert.equal(
            (
              await faultOf(
                append(
                  lane,
                  folder,
                  [{ ...mail('z'), ...wrong }],
                  () => true,
                  () => undefined,
                ),
              )
            ).code,
            'BUG',
          )
        }
      },
    ))
})

async function* chunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
