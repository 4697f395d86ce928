/**
 * The HTML part: one file, no picture, no font, nothing that is fetched. Colours are given twice, in the element and for
 * dark mode in the style sheet; lines break on a phone, and long words of servers with them.
 */
import type { Report } from './report.ts'

export const escapeHtml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? sign,
  )

const FONT = `font-family:'Segoe UI',-apple-system,Roboto,Helvetica,Arial,sans-serif`
const MONO = `font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace`
const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#1b1a19!important}.card{background:#252423!important;border-color:#3b3a39!important}
.text{color:#f3f2f1!important}.faint{color:#c8c6c4!important}.line{border-color:#3b3a39!important}
.bad{color:#ff99a4!important}.good{color:#92c353!important}.link{color:#75b6e7!important}
.code{background:#1b1a19!important;color:#f3f2f1!important}}
@media (max-width:480px){.card{border-radius:0!important;border-left:0!important;border-right:0!important}
.inside{padding:20px 16px!important}.page{padding:0!important}}
`

export function reportHtml(report: Report): string {
  const e = escapeHtml
  const accent = report.isBad ? ['bad', '#a4262c'] : ['good', '#0b6a0b']
  const figures = report.figures.map(
    ([label, value]) =>
      `<tr><th class="faint line" scope="row" align="left" style="padding:7px 12px 7px 0;border-bottom:1px solid #edebe9;color:#605e5c;font-weight:400;vertical-align:top;width:45%">${e(label)}</th>` +
      `<td class="text line" style="padding:7px 0;border-bottom:1px solid #edebe9;color:#201f1e;vertical-align:top;word-break:break-word;overflow-wrap:anywhere">${e(value)}</td></tr>`,
  )
  const failures = report.failures.map(
    ({ address, says }) =>
      `<li class="text" style="margin:0 0 10px;color:#201f1e;word-break:break-word;overflow-wrap:anywhere"><strong>${e(address)}</strong>` +
      `${says === '' ? '' : `<br><span class="faint" style="color:#605e5c">${e(says)}</span>`}</li>`,
  )
  const links = report.links.map(
    ({ label, url }) =>
      `<p style="margin:0 0 10px"><a class="link" href="${e(url)}" style="color:#0f6cbd;font-weight:600">${e(label)}</a></p>`,
  )
  const commands = report.commands.map(
    ({ label, line }) =>
      `<p class="text" style="margin:0 0 10px;color:#201f1e">${e(label)}${e(report.colon)}<br>` +
      `<code class="code" style="display:block;margin-top:4px;padding:8px 10px;background:#f3f2f1;color:#201f1e;${MONO};font-size:13px;word-break:break-word;overflow-wrap:anywhere">${e(line)}</code></p>`,
  )
  const notes = report.notes.map((note) => `<p class="text" style="margin:0 0 10px;color:#201f1e">${e(note)}</p>`)
  return `<!doctype html>
<html lang="${e(report.tag)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${e(report.subject)}</title>
<style>${STYLE}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f2f1">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f2f1;padding:24px 12px">
<tr><td align="center">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:620px;background:#ffffff;border:1px solid #e1dfdd;border-radius:6px">
<tr><td class="inside" style="padding:28px 32px;${FONT};font-size:15px;line-height:1.45">
<h1 class="${accent[0]}" style="margin:0 0 18px;font-size:20px;line-height:1.3;font-weight:600;color:${accent[1]}">${e(report.heading)}</h1>
${figures.length === 0 ? '' : `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;margin:0 0 20px;font-size:15px">\n${figures.join('\n')}\n</table>`}
${failures.length === 0 ? '' : `<h2 class="text" style="margin:0 0 8px;font-size:16px;font-weight:600;color:#201f1e">${e(report.failuresHeading)}</h2>\n<ul style="margin:0 0 18px;padding-left:18px">\n${failures.join('\n')}\n</ul>`}
${[...notes, ...links, ...commands].join('\n')}
<p class="faint line" style="margin:18px 0 0;padding-top:14px;border-top:1px solid #edebe9;font-size:12px;color:#605e5c">${e(report.footer)}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}
