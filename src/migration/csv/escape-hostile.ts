/** Control and bidirectional characters as \u{…}: what is shown cannot steer a terminal or reorder a line (architecture.md §6.7). */
export function escapeHostile(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`)
}
