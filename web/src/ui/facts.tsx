import type { ReactNode } from 'react'

/** Names and values, one below the other; what is null is left out. */
export const Facts = ({ rows }: { readonly rows: readonly (readonly [string, ReactNode] | null)[] }) => (
  <dl className="facts">
    {rows.map(
      (row) =>
        row !== null && (
          <div key={row[0]}>
            <dt>{row[0]}</dt>
            <dd>{row[1]}</dd>
          </div>
        ),
    )}
  </dl>
)
