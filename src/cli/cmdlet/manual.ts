/** The pages of docs/cmdlets: from the declarations, so that they cannot say anything else. */
import type { Cmdlet } from './declare.ts'
import { CONFIRMS, describedParameters, syntaxLines } from './describe.ts'

const NOTE = '<!-- Written by `waybill cmdlet-docs docs/cmdlets` from src/cli/cmdlets: change it there. -->'

/** By file name. */
export function manualPages(cmdlets: readonly Cmdlet[]): Map<string, string> {
  const sorted = [...cmdlets].sort((a, b) => (a.name < b.name ? -1 : 1))
  return new Map([
    ['README.md', index(sorted)],
    ...sorted.map((cmdlet) => [`${cmdlet.name}.md`, page(cmdlet)] as const),
  ])
}

function index(cmdlets: readonly Cmdlet[]): string {
  const rows = (list: readonly Cmdlet[]) =>
    list.map(({ name, synopsis }) => `| [${name}](${name}.md) | ${cell(synopsis)} |`).join('\n')
  return `${NOTE}

# Cmdlets

Waybill's service is run with the cmdlets that Exchange administrators know. \`waybill NAME …\` runs one; after
\`eval "$(waybill aliases)"\` their names are commands of the shell, and command lines run as they are printed in
Exchange's manuals. \`Get-Help\` tells the same as these pages.

On a terminal a cmdlet prints a table; through a pipe one JSON object a line, with the property names of Exchange.
A cmdlet that changes something takes \`-WhatIf\` and \`-Confirm\`; those that stop or remove something ask first.

| Cmdlet of the service | |
|---|---|
${rows(cmdlets.filter(({ filter }) => !filter))}

| Cmdlet for a pipe | |
|---|---|
${rows(cmdlets.filter(({ filter }) => filter))}

## Parameters of all cmdlets

\`-ErrorAction Continue | SilentlyContinue | Ignore | Stop\`, \`-WarningAction Continue | SilentlyContinue | Ignore\`,
\`-Verbose\`, \`-?\`. Names of cmdlets and parameters are taken in any case, parameters by any beginning that only one
has, values as \`-Name value\` or \`-Name:value\`. Lists have commas: \`A,B\`; a comma within a name is written \`\\,\`.

## Exit codes

0 all well · 1 the server refused, or some objects of a pipe failed · 3 called wrongly · 4 no server there · 130 Ctrl-C

## Which Waybill

\`--server URL\` before the name of the cmdlet, or \`WAYBILL_SERVER\`, with the token in \`WAYBILL_TOKEN\`; else the one
that \`waybill connect URL\` stored; else the one that runs on this machine for the data folder of \`--data DIR\` or
\`WAYBILL_DATA\`, where no sign-in is needed.
`
}

function page(cmdlet: Cmdlet): string {
  const { name, synopsis, description, impact, notes, examples, foreign = {} } = cmdlet
  const parameters = describedParameters(cmdlet)
  const strangers = Object.entries(foreign)
  return (
    [
      NOTE,
      `# ${name}`,
      synopsis,
      `\`\`\`\n${syntaxLines(cmdlet).join('\n')}\n\`\`\``,
      impact === 'high' ? `${description} ${CONFIRMS}` : description,
      ...(notes === undefined ? [] : [notes]),
      '## Examples',
      ...examples.map(({ code, says }) => `${says}\n\n\`\`\`sh\n${code}\n\`\`\``),
      ...(parameters.length > 0
        ? [
            '## Parameters',
            `| Name | Type | Required | |\n|---|---|---|---|\n${parameters
              .map(({ name: own, type, help, facts }) => {
                const [[, required], [, position], ...rest] = facts as [[string, string], [string, string]]
                const more = [
                  ...(position === 'named' ? [] : [`Position ${position}.`]),
                  ...(rest as readonly (readonly [string, string])[]).map(([what, value]) => `${what}: ${value}.`),
                ]
                return `| \`-${own}\` | ${cell(type)} | ${required} | ${cell([help, ...more].join(' '))} |`
              })
              .join('\n')}`,
          ]
        : []),
      ...(strangers.length > 0
        ? [
            '## Parameters of Exchange that are refused',
            `| Name | It is for |\n|---|---|\n${strangers.map(([own, what]) => `| \`-${own}\` | ${cell(what)} |`).join('\n')}`,
          ]
        : []),
    ].join('\n\n') + '\n'
  )
}

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`)
