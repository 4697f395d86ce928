/** One of several that are there, or a new one made in place: the endpoint, and the database. */
import { Button, Radio, RadioGroup } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import type { ReactNode } from 'react'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { Loading } from '../../ui/loading.tsx'

export interface Choice {
  readonly name: string
  readonly what: string
}

interface ChooseStepProps {
  readonly label: string
  readonly lead: string
  readonly choices: readonly Choice[] | undefined
  readonly error: unknown
  readonly chosen: string
  onChoose(name: string): void
  readonly create: string
  /** Null: not for this person. */
  readonly onCreate: (() => void) | null
  readonly children: ReactNode
}

export function ChooseStep(props: ChooseStepProps) {
  const { label, choices, chosen } = props
  return (
    <>
      <p>{props.lead}</p>
      <RefusalBar thrown={props.error} />
      {choices === undefined && props.error === null && <Loading />}
      {choices !== undefined && choices.length > 0 && (
        <RadioGroup aria-label={label} value={chosen} onChange={(_, { value }) => props.onChoose(value)}>
          {choices.map(({ name, what }) => (
            <Radio
              key={name}
              value={name}
              label={
                <>
                  {name}
                  <br />
                  <span className="small">{what}</span>
                </>
              }
            />
          ))}
        </RadioGroup>
      )}
      {props.onCreate !== null && (
        <Button className="start" icon={<AddRegular />} onClick={props.onCreate}>
          {props.create}
        </Button>
      )}
      {props.children}
    </>
  )
}
