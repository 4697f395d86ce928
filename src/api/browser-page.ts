/** The few pages that the API shows itself, to a browser on its way through a sign-in. No script, nothing from outside. */
import type { IncomingMessage } from 'node:http'
import type { Problem } from '#contract/organization.ts'

export const PAGE_TYPE = 'text/html; charset=utf-8'

/**
 * Goes on to a path of ours by itself. After a provider's redirect the browser counts a further redirect as the
 * provider's, and keeps the SameSite=Strict cookie back; what this page asks for comes from ourselves.
 */
export const stepPage = (path: string): string =>
  page(
    'Signed in',
    `<p><a href="${escaped(path)}">Go on to Waybill</a></p>`,
    `<meta http-equiv="refresh" content="0;url=${escaped(path)}">`,
  )

/** What went wrong, where no page of the admin center has asked; with the way back to it. */
export const problemPage = ({ title, detail, remedy, code }: Problem): string =>
  page(
    title,
    `<h1>${escaped(title)}</h1><p>${escaped(detail)}</p>${remedy === null ? '' : `<p>${escaped(remedy)}</p>`}
<p><a href="/?error=${encodeURIComponent(code)}">Back to the sign-in</a></p>`,
  )

export const wantsPage = ({ headers }: IncomingMessage): boolean => /\btext\/html\b/i.test(headers.accept ?? '')

const page = (title: string, body: string, head = '') =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)} - Waybill</title>${head}</head>
<body>${body}</body></html>
`

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => SIGNS[sign]!)
