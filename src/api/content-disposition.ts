/** Names of downloads come from mails and other hands: nothing in one may leave its header or the folder it is saved in. */

/** RFC 6266 with both forms: `filename` for the old, in ASCII, and `filename*` (RFC 8187) in UTF-8. */
export function contentDisposition(fileName: string): string {
  const safe = safeFileName(fileName)
  const ascii = safe.replace(/[^A-Za-z0-9._ @+-]/g, '_')
  const utf8 = encodeURIComponent(safe).replace(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${utf8}`
}

/** Without folders, leading dots, signs that steer (control, bidirectional) and those that Windows forbids. */
function safeFileName(fileName: string): string {
  const name = fileName
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}\ufffd/\\:*?"<>|]/gu, '_')
    .replace(/^[. ]+|[. ]+$/g, '')
  const end = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? ''
  const stem = name.slice(0, Math.min(120, name.length - end.length))
  return (stem + end).toWellFormed().replaceAll('\ufffd', '') || 'download'
}
