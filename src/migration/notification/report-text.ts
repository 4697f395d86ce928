import type { Report } from './report.ts'

/** The plain part of a mail: for readers that show no HTML, and for those who prefer it. */
export function reportText(report: Report): string {
  const { colon } = report
  const widest = Math.max(0, ...report.figures.map(([label]) => label.length))
  const blocks = [
    report.heading,
    report.figures
      .map(([label, value]) => `${`${label}${colon}`.padEnd(widest + colon.length + 1)}${value}`)
      .join('\n'),
    report.failures.length === 0
      ? ''
      : [
          `${report.failuresHeading}${colon}`,
          ...report.failures.map(({ address, says }) => `- ${address}${says === '' ? '' : `\n  ${says}`}`),
        ].join('\n'),
    ...report.notes,
    report.links.map(({ label, url }) => `${label}${colon} ${url}`).join('\n'),
    report.commands.map(({ label, line }) => `${label}${colon}\n  ${line}`).join('\n'),
    `-- \n${report.footer}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}
