/** bench/results.md: one section per part; a run of some parts leaves the others as they were. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, 'results.md')

export const partNames = [
  'small',
  'apart',
  'large',
  'huge',
  'wan',
  'unchanged',
  'users20',
  'peers',
  'service',
  'pages',
  'pages-many',
  'watching',
] as const

export type PartName = (typeof partNames)[number]

export const titles: Readonly<Record<PartName, string>> = {
  small: '20,000 small messages in 30 folders, loopback',
  apart: 'The same, the target on a core of its own',
  large: '300 messages of 5 to 20 MB in 10 folders, loopback',
  huge: '500,000 messages of 300 bytes in one folder, loopback',
  wan: 'The small mailbox over 20 ms each way to both servers',
  unchanged: 'A pass that finds nothing changed',
  users20: '20 mailboxes at once',
  peers: 'Against other programs, the small mailbox, loopback',
  service: 'The service with 10,000 small mailboxes',
  pages: 'Pages of the admin center at 50,000 mailboxes in one batch',
  'pages-many': 'The same where all of 100 batches have 5,000 mailboxes',
  watching: 'A running batch, watched in a browser',
}

const INTRODUCTION = `# What the benchmark measured

Written by \`npm run bench\` (\`-- --only small,wan\` for some parts, \`-- --scale 0.1\` for a quick look). Medians; ours and the
raw limit take turns. The rate is messages ÷ time from the first byte of the first APPEND to the last landing. The raw limit is
a client that does nothing but pipelined MULTIAPPEND from memory, with as many connections, 4 groups in flight on each. Both
servers and all clients share the machine's cores; targets are sdbox, each run into a mailbox that nobody has used before.
The raw client reads from no server and keeps no ledger, so that the target has the cores almost to itself while it runs:
how long the target's connections waited for mail tells whether it could have taken more from us.
`

/** Puts the lines of a part into its section. */
export function saveSection(name: PartName, lines: readonly string[], note: string): void {
  const old = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
  const sections = new Map<PartName, string>()
  for (const each of partNames) {
    const begin = old.indexOf(`## ${titles[each]}\n`)
    if (begin < 0) continue
    const end = old.indexOf('\n## ', begin)
    sections.set(each, old.slice(begin, end < 0 ? undefined : end + 1).trimEnd())
  }
  sections.set(name, [`## ${titles[name]}`, '', `${machine()}${note}`, '', ...lines].join('\n'))
  const inOrder = partNames.flatMap((each) => sections.get(each) ?? [])
  writeFileSync(FILE, `${[INTRODUCTION.trimEnd(), ...inOrder].join('\n\n')}\n`)
}

function machine(): string {
  const dovecot = execFileSync('/usr/sbin/dovecot', ['--version'], { encoding: 'utf8' }).split(' ')[0]
  const load = loadavg()[0]!.toFixed(1)
  return `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release().split('-')[0]}, Node ${process.versions.node}, Dovecot ${dovecot}; load ${load} at the end.`
}
