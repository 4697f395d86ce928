/** What is measured. Each part makes its own servers and answers the lines of its section of results.md. */
import { join } from 'node:path'
import { startRelay } from '#test/servers/relay.ts'
import { type Corpus, hugeCorpus, largeCorpus, smallCorpus, userCorpus } from './corpus.ts'
import { type Measured, measure, median } from './measure.ts'
import { faultOf, peersHere, peersMissing } from './peers.ts'
import type { PartName } from './results.ts'
import type { RawRequest, RawResult } from './raw-append.ts'
import { pagesManyPart, pagesPart } from './pages.ts'
import { servicePart } from './service.ts'
import { watchingPart } from './watching.ts'
import { watchWaiting } from './waiting.ts'
import { type OurRun, type Ports, World } from './world.ts'

export interface PartOptions {
  /** How often ours and the raw limit take turns. */
  readonly rounds: number
  /** Of the messages of `large`, `huge` and `small`, for a quick look. */
  readonly scale: number
  readonly tell: (text: string) => void
}

type Part = (options: PartOptions) => Promise<string[]>

const MB = 1e6
/** Lanes that one mailbox has when the process has nothing else to do. */
const LANES = 4

interface Compared {
  readonly ours: (OurRun & { user: string })[]
  readonly raw: { readonly seconds: number; readonly cpuSeconds: number }[]
  /** Shares of the time in which the target's connections waited for mail. */
  readonly waited: { readonly ours: number; readonly raw: number }[]
}

async function rawLimit(world: World, corpus: 'small' | 'large', port = world.target.port): Promise<RawResult> {
  const target = world.freshTarget()
  const request: RawRequest = {
    ...target,
    port,
    corpus,
    messages: world.corpora[0]!.messages,
    connections: LANES,
    groupMessages: 200,
    groupBytes: 4 * 1_048_576,
    depth: 4,
  }
  const run = await measure(process.execPath, [join(import.meta.dirname, 'raw-append.ts'), JSON.stringify(request)])
  if (run.code !== 0) throw new Error(`the raw client ended with ${run.code}:\n${run.stderr}`)
  await world.check('the raw client', target.user, world.corpora[0]!)
  return JSON.parse(run.stdout) as RawResult
}

async function ourRun(world: World, extra: readonly string[] = [], ports?: Ports): Promise<OurRun & { user: string }> {
  const { user } = world.freshTarget()
  const run = await world.migrate([{ source: 0, target: user }], { extra, ...(ports ? { ports } : {}) })
  await world.check('waybill', user, world.corpora[0]!)
  return { ...run, user }
}

/** The data folder and the compile cache are there, as on any day but the first. */
async function warm(world: World): Promise<void> {
  await world.migrate([{ source: world.corpora.length - 1, target: world.freshTarget().user }])
}

const warmUp = (): Corpus => ({ ...smallCorpus(60, 7), name: 'warm-up' })

async function takeTurns(world: World, corpus: 'small' | 'large', options: PartOptions): Promise<Compared> {
  const compared: Compared = { ours: [], raw: [], waited: [] }
  const { messages, bytes } = world.corpora[0]!
  for (let round = 1; round <= options.rounds; round++) {
    let watch = watchWaiting(() => world.target.pids(), LANES)
    const ours = await ourRun(world)
    const waited = watch.end()
    compared.ours.push(ours)
    const [ourSpeed, ourWait] = [speed(messages, bytes, ours.result.transferSeconds), percent(waited)]
    options.tell(`  ${round}: ours ${ourSpeed}, ${rss(ours)}, the target waited ${ourWait}`)
    watch = watchWaiting(() => world.target.pids(), LANES)
    const raw = await rawLimit(world, corpus)
    compared.waited.push({ ours: waited, raw: watch.end() })
    compared.raw.push(raw)
    const rawWait = percent(compared.waited.at(-1)!.raw)
    options.tell(`  ${round}: raw  ${speed(messages, bytes, raw.seconds)}, the target waited ${rawWait}`)
  }
  return compared
}

const speed = (messages: number, bytes: number, seconds: number) =>
  `${Math.round(messages / seconds)} msgs/s, ${(bytes / MB / seconds).toFixed(1)} MB/s`

const percent = (share: number) => `${(share * 100).toFixed(0)} %`

const waitedLine = ({ waited }: Compared) =>
  `- The target's connections waited for mail ${percent(median(waited.map(({ ours }) => ours)))} of the time with ours, ${percent(median(waited.map(({ raw }) => raw)))} with the raw client.`

const aboveBase = ({ result, peakRssBytes }: OurRun) => peakRssBytes - result.baseRssBytes

const rss = (run: OurRun) =>
  `RSS ${(run.peakRssBytes / MB).toFixed(0)} MB (${(aboveBase(run) / MB).toFixed(0)} above base)`

function verdict(holds: boolean): string {
  return holds ? 'holds' : '**missed**'
}

function memoryLines(runs: readonly OurRun[]): string[] {
  const peak = median(runs.map(({ peakRssBytes }) => peakRssBytes)) / MB
  const above = median(runs.map(aboveBase)) / MB
  return [
    `- Peak RSS ${peak.toFixed(0)} MB (goal 200: ${verdict(peak <= 200)}), ${above.toFixed(0)} MB above the RSS before the first FETCH (goal 60: ${verdict(above <= 60)}).`,
  ]
}

function comparison({ messages, bytes }: Corpus, { ours, raw }: Pick<Compared, 'ours' | 'raw'>): string[] {
  const row = (name: string, seconds: number[], cpu: number[], peak: string, above: string) => {
    const middle = median(seconds)
    return `| ${name} | ${Math.round(messages / middle)} | ${(bytes / MB / middle).toFixed(1)} | ${middle.toFixed(2)} | ${median(cpu).toFixed(2)} | ${peak} | ${above} |`
  }
  const ourSeconds = ours.map(({ result }) => result.transferSeconds)
  const rawSeconds = raw.map(({ seconds }) => seconds)
  const ratio = median(ours.map(({ result }, at) => raw[at]!.seconds / result.transferSeconds))
  return [
    '| | msgs/s | MB/s | seconds | CPU s | peak RSS MB | above base MB |',
    '|---|---|---|---|---|---|---|',
    row(
      `Waybill, ${LANES} lanes`,
      ourSeconds,
      ours.map(({ cpuSeconds }) => cpuSeconds),
      (median(ours.map(({ peakRssBytes }) => peakRssBytes)) / MB).toFixed(0),
      (median(ours.map(aboveBase)) / MB).toFixed(0),
    ),
    row(
      `Raw MULTIAPPEND, ${LANES} connections`,
      rawSeconds,
      raw.map(({ cpuSeconds }) => cpuSeconds),
      '',
      '',
    ),
    '',
    `- ${ratio.toFixed(2)} of the raw limit, median of ${ours.length} pairs (goal 0.90: ${verdict(ratio >= 0.9)}).`,
    ...memoryLines(ours),
  ]
}

const small: Part = async (options) => {
  await using world = await World.open([smallCorpus(20_000 * options.scale), warmUp()], options.tell)
  await warm(world)
  const compared = await takeTurns(world, 'small', options)
  const first = median(compared.ours.map(({ result }) => result.users[0]!.firstByteAfterMs ?? Number.NaN))
  const again = await world.migrate([{ source: 0, target: compared.ours[0]!.user }])
  return [
    ...comparison(world.corpora[0]!, compared),
    waitedLine(compared),
    `- Start of the command to the first byte of an APPEND, warm: ${(first / 1000).toFixed(2)} s (goal 1.5: ${verdict(first < 1500)}).`,
    `- A second pass that finds nothing changed: ${again.wallSeconds.toFixed(2)} s in all.`,
  ]
}

/** On a real LAN neither the source nor we take anything from the target's machine. */
const apart: Part = async (options) => {
  await using world = await World.open([smallCorpus(20_000 * options.scale), warmUp()], options.tell)
  world.giveTargetACore()
  try {
    await warm(world)
    const compared = await takeTurns(world, 'small', options)
    return [...comparison(world.corpora[0]!, compared), waitedLine(compared)]
  } finally {
    World.shareCores()
  }
}

const large: Part = async (options) => {
  const corpus = largeCorpus(Math.max(10, Math.round(300 * options.scale)))
  await using world = await World.open([corpus, warmUp()], options.tell)
  await warm(world)
  const compared = await takeTurns(world, 'large', options)
  return [...comparison(corpus, compared), waitedLine(compared)]
}

const huge: Part = async (options) => {
  const corpus = hugeCorpus(Math.round(500_000 * options.scale))
  await using world = await World.open([corpus, warmUp()], options.tell)
  await warm(world)
  const run = await ourRun(world)
  const { transferSeconds } = run.result
  options.tell(`  ours ${speed(corpus.messages, corpus.bytes, transferSeconds)}, ${rss(run)}`)
  return [
    `- ${speed(corpus.messages, corpus.bytes, transferSeconds)}; ${run.cpuSeconds.toFixed(1)} CPU seconds; one run.`,
    ...memoryLines([run]),
  ]
}

const wan: Part = async (options) => {
  const corpus = smallCorpus(20_000 * options.scale)
  await using world = await World.open([corpus, warmUp()], options.tell)
  await warm(world)
  await using source = await startRelay({ port: world.source.port })
  await using target = await startRelay({ port: world.target.port })
  const ports = { source: source.port, target: target.port }
  const ours: Compared['ours'] = []
  const raw: RawResult[] = []
  for (let round = 1; round <= options.rounds; round++) {
    const run = await ourRun(world, [], ports)
    ours.push(run)
    options.tell(`  ${round}: ours ${speed(corpus.messages, corpus.bytes, run.result.transferSeconds)}, ${rss(run)}`)
    raw.push(await rawLimit(world, 'small', target.port))
    options.tell(`  ${round}: raw  ${speed(corpus.messages, corpus.bytes, raw.at(-1)!.seconds)}`)
  }
  const rate = corpus.messages / median(ours.map(({ result }) => result.transferSeconds))
  return [
    ...comparison(corpus, { ours, raw }),
    `- ${Math.round(rate)} msgs/s over the link (goal 1,000: ${verdict(rate >= 1000)}).`,
  ]
}

/** Counted over the delayed link: what is pipelined leaves before the first answer is back. */
const unchanged: Part = async (options) => {
  const corpus = smallCorpus(3000)
  await using world = await World.open([corpus, warmUp()], options.tell)
  await warm(world)
  await using source = await startRelay({ port: world.source.port })
  await using target = await startRelay({ port: world.target.port })
  const ports = { source: source.port, target: target.port }
  const { user } = await ourRun(world, [], ports)
  const trips: { source: number; target: number; seconds: number }[] = []
  for (let round = 0; round < options.rounds; round++) {
    source.reset()
    target.reset()
    const run = await world.migrate([{ source: 0, target: user }], { ports })
    if (run.result.users[0]!.carried !== 0) throw new Error('the second pass carried mail')
    trips.push({ source: source.roundTrips(), target: target.roundTrips(), seconds: run.wallSeconds })
    options.tell(
      `  round trips: source ${source.roundTrips()}, target ${target.roundTrips()}; ${run.wallSeconds.toFixed(2)} s`,
    )
  }
  const [ofSource, ofTarget] = [median(trips.map(({ source }) => source)), median(trips.map(({ target }) => target))]
  return [
    `- A pass over ${corpus.folders.length} unchanged folders: ${ofSource} round trips to the source, ${ofTarget} to the target, log-in included (goal 12 each: ${verdict(Math.max(ofSource, ofTarget) <= 12)}).`,
    `- It takes ${median(trips.map(({ seconds }) => seconds)).toFixed(2)} s in all over a link of 40 ms.`,
  ]
}

const users20: Part = async (options) => {
  const corpora = Array.from({ length: 20 }, (_, at) => userCorpus(at))
  await using world = await World.open([...corpora, warmUp()], options.tell)
  await warm(world)
  const users = corpora.map((_corpus, source) => ({ source, target: world.freshTarget().user }))
  const run = await world.migrate(users, { extra: ['--concurrency', '20', '--max-message-size', '200MB'] })
  for (const [at, { target }] of users.entries()) await world.check('waybill', target, corpora[at]!)
  const messages = corpora.reduce((sum, one) => sum + one.messages, 0)
  const bytes = corpora.reduce((sum, one) => sum + one.bytes, 0)
  options.tell(`  ours ${speed(messages, bytes, run.result.transferSeconds)}, ${rss(run)}`)
  return [
    `- 20 users at once, one message of 150 MB among ${messages}: ${speed(messages, bytes, run.result.transferSeconds)}; one run.`,
    ...memoryLines([run]),
  ]
}

/** The whole program from start to end, for peers do not tell when their first byte left. */
const peers: Part = async (options) => {
  const corpus = smallCorpus(20_000 * options.scale)
  const here = peersHere()
  await using world = await World.open([corpus, warmUp()], options.tell)
  await warm(world)
  const runs = new Map<string, Measured[]>()
  const note = (name: string, run: Measured) => {
    runs.set(name, [...(runs.get(name) ?? []), run])
    options.tell(`  ${name}: ${run.wallSeconds.toFixed(1)} s`)
  }
  const seconds = new Map<string, number>()
  const failed = new Map<string, string>()
  const ports = { source: world.source.port, target: world.target.port }
  for (let round = 1; round <= options.rounds; round++) {
    const ours = await ourRun(world)
    note('Waybill', ours)
    if (!seconds.has('Waybill'))
      seconds.set('Waybill', (await world.migrate([{ source: 0, target: ours.user }])).wallSeconds)
    for (const peer of here) {
      if (failed.has(peer.name)) continue
      const { user } = world.freshTarget()
      try {
        const pass = async () => {
          const run = await peer.run(world, ports, user)
          const fault = faultOf(run)
          if (fault !== null) throw new Error(`${peer.name} ${fault}\n${run.stderr}`)
          await world.check(peer.name, user, corpus)
          return run
        }
        note(peer.name, await pass())
        if (!seconds.has(peer.name)) seconds.set(peer.name, (await pass()).wallSeconds)
      } catch (thrown) {
        // The others are still worth their row.
        const { message } = thrown as Error
        failed.set(peer.name, `${message.split('\n')[0]} (round ${round})`)
        options.tell(`  ${message}`)
      }
    }
  }
  const rows = [...runs].map(([name, list]) => {
    const wall = median(list.map(({ wallSeconds }) => wallSeconds))
    const cpu = median(list.map(({ cpuSeconds }) => cpuSeconds))
    const peak = median(list.map(({ peakRssBytes }) => peakRssBytes)) / MB
    return `| ${name} | ${wall.toFixed(1)} | ${Math.round(corpus.messages / wall)} | ${(corpus.bytes / MB / wall).toFixed(1)} | ${cpu.toFixed(1)} | ${peak.toFixed(0)} | ${seconds.get(name)?.toFixed(2) ?? 'failed'} |`
  })
  const missing = peersMissing()
  return [
    '| | wall s | msgs/s | MB/s | CPU s | peak RSS MB | second pass s |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `- From start to end of the whole program, for ours with its sample read back; COMPRESS off for all.${missing.length > 0 ? ` Not in PATH here: ${missing.join(', ')}.` : ''}`,
    ...[...failed.values()].map((why) => `- **Failed:** ${why}; not measured after that.`),
  ]
}

export const parts: Readonly<Record<PartName, Part>> = {
  small,
  apart,
  large,
  huge,
  wan,
  unchanged,
  users20,
  peers,
  service: servicePart,
  pages: pagesPart,
  'pages-many': pagesManyPart,
  watching: watchingPart,
}
