/** What a page has failed at stands in its place; the others go on. */
import { Component, type ReactNode } from 'react'
import { RefusalBar } from './refusal-bar.tsx'

export class ErrorEdge extends Component<{ readonly children: ReactNode }, { readonly thrown: unknown }> {
  override state: { readonly thrown: unknown } = { thrown: null }

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown }
  }

  override render() {
    return this.state.thrown === null ? this.props.children : <RefusalBar thrown={this.state.thrown} />
  }
}
