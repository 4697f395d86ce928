/** Delete of what batches may use: as long as they do, it says so; else it asks first. */
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { useNavigate } from 'react-router'
import { ConfirmedCommand } from '../../ui/confirmed-command.tsx'
import { useWords } from '../../words/words.ts'

interface DeleteCommandProps {
  readonly name: string
  readonly title: string
  /** What goes with it, and what stays. */
  readonly text: string
  /** Null when it may go. */
  readonly reason: string | null
  /** Where the list is. */
  readonly leadTo: string
  remove(): Promise<unknown>
}

export function DeleteCommand({ name, title, text, reason, leadTo, remove }: DeleteCommandProps) {
  const words = useWords()
  const navigate = useNavigate()
  return (
    <ConfirmedCommand
      icon={<DeleteRegular />}
      label={words.command.delete}
      reason={reason}
      title={title}
      text={text}
      yes={words.command.deleteYes(name)}
      done={words.usedBy.deleted(name)}
      act={remove}
      onDone={() => navigate(leadTo)}
    />
  )
}
