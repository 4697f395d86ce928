import { MessageBar, MessageBarBody } from '@fluentui/react-components'

/** Said before it is saved; what is false is left out. */
export const Warnings = ({ texts }: { readonly texts: readonly (string | false)[] }) =>
  texts
    .filter((text) => text !== false)
    .map((text) => (
      <MessageBar key={text} intent="warning" layout="multiline" role="status">
        <MessageBarBody>{text}</MessageBarBody>
      </MessageBar>
    ))
