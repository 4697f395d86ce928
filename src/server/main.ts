/** The composition root: what `./waybill` starts. Loads only what the command needs. */
const startedAt = Math.round(performance.timeOrigin)
const WANTED = 24

if (Number(process.versions.node.split('.')[0]) < WANTED) {
  process.stderr.write(
    `waybill: this is Node ${process.versions.node}, and Waybill runs on Node ${WANTED}. Start it with ./waybill, which finds its own.\n`,
  )
  process.exit(4)
}

// Whoever read our output has gone (`| head`, a closed terminal): the migration goes on, and its reports are in files.
const GONE = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'])
let unwritten: Error | null = null
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!GONE.has(error.code ?? '')) unwritten ??= error
  })
}
// What the output goes into is full: the work goes on all the same, and a command that said nothing of it has not succeeded.
process.on('exit', (code) => {
  if (unwritten === null || code !== 0) return
  process.exitCode = 4
  process.stderr.write(`waybill: The output cannot be written: ${unwritten.message}.\n`)
})

// Cmdlets stand in pipes, several in a line: they start without what the other commands need.
const { leadingOptions, runIfCmdlet } = await import('./run-cmdlet.ts')
const ran = await runIfCmdlet(leadingOptions(process.argv.slice(2)))
if (ran === null) {
  const { runCommandLine } = await import('./command-line.ts')
  process.exitCode = await runCommandLine(process.argv, startedAt)
} else process.exitCode = ran
