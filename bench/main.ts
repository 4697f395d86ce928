/** `npm run bench [-- --only small,wan] [--scale 0.1] [--rounds 3]`: measures, and writes bench/results.md. */
import { parseArgs } from 'node:util'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { removeLeftovers } from './leftovers.ts'
import { parts } from './parts.ts'
import { partNames, saveSection, titles } from './results.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})
const asked = values.only === undefined ? [...partNames] : values.only.split(',').map((name) => name.trim())
const wanted = partNames.filter((name) => asked.includes(name))
const unknown = asked.filter((name) => !partNames.some((known) => known === name))
const [scale, rounds] = [Number(values.scale), Number(values.rounds)]

const usage = `npm run bench -- [--only ${partNames.join(',')}] [--scale 0.01..1] [--rounds 1..9]
At full scale it needs 40 GB of disk for a while and more than an hour, of which service, pages and watching take 20 minutes
each. --scale below 1 measures, but does not write bench/results.md.`

if (values.help || unknown.length > 0 || !(scale > 0 && scale <= 1) || !(rounds >= 1 && rounds <= 9)) {
  console.log(unknown.length > 0 ? `There is no part ${unknown.join(', ')}.\n${usage}` : usage)
  process.exit(values.help ? 0 : 1)
}
const missing = dovecotMissing()
if (missing !== false) {
  console.error(`${missing}: sudo apt-get install --no-install-recommends dovecot-imapd`)
  process.exit(1)
}
try {
  for (const name of wanted) {
    console.log(`${name}: ${titles[name]}`)
    const lines = await parts[name]({ rounds, scale, tell: (text) => console.log(text) })
    console.log(lines.join('\n'))
    if (scale === 1) saveSection(name, lines, ` ${rounds} ${rounds === 1 ? 'round' : 'rounds'}.`)
  }
} finally {
  removeLeftovers()
}
