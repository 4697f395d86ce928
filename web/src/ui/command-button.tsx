import { Button, type ButtonProps, Tooltip } from '@fluentui/react-components'
import { translated } from '../words/said.ts'

interface CommandButtonProps extends Pick<ButtonProps, 'icon' | 'appearance' | 'size'> {
  readonly label: string
  /** Where several have the same label: with what it is about, and beginning with the label. */
  readonly fullLabel?: string | undefined
  /** Why it cannot be used now; null when it can. */
  readonly reason: string | null
  /** Of a button that turns something on and off. */
  readonly isPressed?: boolean
  onPress(): void
}

export function asSentence(reason: string): string {
  const said = translated(reason)
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}`
}

/** Never hidden for its state: disabled, it can still be reached by the keyboard, and says why. */
export function CommandButton({ label, fullLabel, reason, isPressed, onPress, ...look }: CommandButtonProps) {
  const button = (
    <Button
      {...look}
      {...(isPressed !== undefined && { 'aria-pressed': isPressed })}
      {...(fullLabel !== undefined && { 'aria-label': fullLabel })}
      disabledFocusable={reason !== null}
      onClick={() => reason === null && onPress()}
    >
      {label}
    </Button>
  )
  if (reason === null) return button
  return (
    <Tooltip content={asSentence(reason)} relationship="description">
      {button}
    </Tooltip>
  )
}
