/** The place of what comes later: until it is there the fallback, and what keeps it from coming (error-edge.tsx). */
import { type ReactNode, Suspense } from 'react'
import { type Edge, ErrorEdge } from './error-edge.tsx'

interface LaterPartProps extends Edge {
  readonly fallback?: ReactNode
}

export const LaterPart = ({ fallback, children, ...edge }: LaterPartProps) => (
  <ErrorEdge {...edge}>
    <Suspense fallback={fallback}>{children}</Suspense>
  </ErrorEdge>
)
