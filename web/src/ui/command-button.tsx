import { Button, type ButtonProps, Tooltip } from '@fluentui/react-components'

interface CommandButtonProps extends Pick<ButtonProps, 'icon' | 'appearance'> {
  readonly label: string
  /** Why it cannot be used now; null when it can. */
  readonly reason: string | null
  onPress(): void
}

/** Never hidden for its state: disabled, it can still be reached by the keyboard, and says why. */
export function CommandButton({ label, reason, onPress, ...look }: CommandButtonProps) {
  const button = (
    <Button {...look} disabledFocusable={reason !== null} onClick={() => reason === null && onPress()}>
      {label}
    </Button>
  )
  if (reason === null) return button
  return (
    <Tooltip content={`${reason.charAt(0).toUpperCase()}${reason.slice(1)}`} relationship="description">
      {button}
    </Tooltip>
  )
}
