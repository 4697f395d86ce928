/** What a page has failed at stands in its place; what is around it goes on, and so does the next page. */
import { Component, type ReactNode } from 'react'
import { NotLoaded } from '../later.tsx'
import { NotLoadedBar } from './not-loaded-bar.tsx'
import { RefusalBar } from './refusal-bar.tsx'

export interface Edge {
  /** Where one is: at another place it is tried anew. */
  readonly place?: string
  /** Of a part of what somebody types in. */
  readonly isInForm?: boolean
  readonly children: ReactNode
}
interface Seen {
  readonly thrown: unknown
}

export class ErrorEdge extends Component<Edge, Seen> {
  override state: Seen = { thrown: null }

  static getDerivedStateFromError(thrown: unknown): Seen {
    return { thrown }
  }

  override componentDidUpdate({ place }: Edge) {
    if (place !== this.props.place && this.state.thrown !== null) this.setState({ thrown: null })
  }

  override render() {
    const { thrown } = this.state
    if (thrown === null) return this.props.children
    return thrown instanceof NotLoaded ? (
      <NotLoadedBar thrown={thrown} isInForm={this.props.isInForm ?? false} />
    ) : (
      <RefusalBar thrown={thrown} />
    )
  }
}
