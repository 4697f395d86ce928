/**
 * What servers, mails and files say is hostile text: control, format (bidirectional, zero-width, tag), private and lone
 * surrogate characters are shown as \u{…}, so that they cannot steer a terminal or reorder a line (architecture.md §6.7).
 * The two joiners stay: Persian, Indic names and many an emoji are written with them.
 */
export function safeText(text: string): string {
  return text.replace(
    /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu,
    (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`,
  )
}
