/**
 * The raw limit: a client that does nothing but pipelined MULTIAPPEND (RFC 3502, RFC 7888) of what it has in memory.
 * Run as a program with one argument, JSON of RawRequest; prints JSON of RawResult.
 */
import { type Corpus, contentOf, type CorpusFolder, type CorpusMessage, largeCorpus, smallCorpus } from './corpus.ts'
import { encodeMailbox } from '#test/worlds/modified-utf7.ts'
import { type Account, logIn, type Talk } from './imap-talk.ts'

export interface RawRequest extends Account {
  readonly corpus: 'small' | 'large'
  readonly messages: number
  readonly connections: number
  readonly groupMessages: number
  readonly groupBytes: number
  readonly depth: number
}

export interface RawResult {
  /** First byte of the first APPEND to the last OK. */
  readonly seconds: number
  readonly cpuSeconds: number
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function internalDate(dateS: number): string {
  const iso = new Date(dateS * 1000).toISOString()
  return `${iso.slice(8, 10)}-${MONTHS[Number(iso.slice(5, 7)) - 1]}-${iso.slice(0, 4)} ${iso.slice(11, 19)} +0000`
}

/** Targets are sdbox, whose separator is `/`. */
const wireName = (path: readonly string[]) => path.map(encodeMailbox).join('/')

function groupsOf({ messages }: CorpusFolder, request: RawRequest): CorpusMessage[][] {
  const groups: CorpusMessage[][] = []
  let bytes = Infinity
  for (const message of messages) {
    const last = groups.at(-1)
    if (!last || last.length >= request.groupMessages || bytes + message.bytes > request.groupBytes) {
      groups.push([message])
      bytes = message.bytes
    } else {
      last.push(message)
      bytes += message.bytes
    }
  }
  return groups
}

/** Built before the clock starts: bodies are slices of one block, so that this holds little but the heads. */
function commandOf(name: string, group: readonly CorpusMessage[]): Buffer[] {
  const pieces: Buffer[] = [Buffer.from(`APPEND "${name}"`)]
  for (const message of group) {
    pieces.push(Buffer.from(` (${message.flags.join(' ')}) "${internalDate(message.dateS)}" {${message.bytes}+}\r\n`))
    pieces.push(...contentOf(message, 'crlf'))
  }
  pieces.push(Buffer.from('\r\n'))
  return pieces
}

async function appendAll(talk: Talk, next: () => Buffer[][] | null, depth: number): Promise<void> {
  const inFlight = new Set<Promise<unknown>>()
  for (let folder = next(); folder; folder = next()) {
    for (const command of folder) {
      while (inFlight.size >= depth) await Promise.race(inFlight)
      const tag = talk.tag()
      const answer = talk.answer(tag).finally(() => inFlight.delete(answer))
      inFlight.add(answer)
      talk.socket.cork()
      talk.socket.write(`${tag} `)
      for (const piece of command.slice(0, -1)) talk.socket.write(piece)
      const written = new Promise<void>((resolve) => talk.socket.write(command.at(-1)!, () => resolve()))
      talk.socket.uncork()
      await written
    }
  }
  await Promise.all(inFlight)
}

async function run(request: RawRequest): Promise<RawResult> {
  const corpus: Corpus = request.corpus === 'small' ? smallCorpus(request.messages) : largeCorpus(request.messages)
  const side = await logIn(request)
  for (const { path } of corpus.folders) if (path[0] !== 'INBOX') await side.ask(`CREATE "${wireName(path)}"`)
  const talks = await Promise.all(Array.from({ length: request.connections }, () => logIn(request)))
  // The largest folders last: they are taken from the end.
  const waiting = corpus.folders
    .map((folder) => groupsOf(folder, request).map((group) => commandOf(wireName(folder.path), group)))
    .sort((a, b) => a.length - b.length)
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const next = () => waiting.pop() ?? null
  await Promise.all(talks.map((talk) => appendAll(talk, next, request.depth)))
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  await Promise.all([side, ...talks].map((talk) => talk.close()))
  return { seconds, cpuSeconds: (user + system) / 1e6 }
}

if (import.meta.main) {
  const request = JSON.parse(process.argv[2]!) as RawRequest
  console.log(JSON.stringify(await run(request)))
}
