import { Button, type ButtonProps, Tooltip } from '@fluentui/react-components'

interface CommandButtonProps extends Pick<ButtonProps, 'icon' | 'appearance'> {
  readonly label: string
  /** Why it cannot be used now; null when it can. */
  readonly reason: string | null
  /** Of a button that turns something on and off. */
  readonly isPressed?: boolean
  onPress(): void
}

export const asSentence = (reason: string): string => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`

/** Never hidden for its state: disabled, it can still be reached by the keyboard, and says why. */
export function CommandButton({ label, reason, isPressed, onPress, ...look }: CommandButtonProps) {
  const button = (
    <Button
      {...look}
      {...(isPressed !== undefined && { 'aria-pressed': isPressed })}
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
