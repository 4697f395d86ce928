/** What servers and mails say is hostile text: control and bidirectional characters are shown, not obeyed. */
export function safeText(text: string): string {
  return text.replace(
    // C0, DEL, C1, bidirectional controls, line and paragraph separators
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
