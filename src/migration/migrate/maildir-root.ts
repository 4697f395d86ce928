/** The part of a Maildir root before its first placeholder: nothing is written outside it. */
export function maildirRoot(root: string): string {
  const placeholder = root.indexOf('{')
  return (placeholder < 0 ? root : root.slice(0, root.lastIndexOf('/', placeholder))) || '/'
}
