/** The envelope in front of the name. */
export const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
    <path d="M4 8h24v17H4z" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinejoin="round" />
    <path d="m4 9 12 9 12-9" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinejoin="round" />
  </svg>
)
