/** Started by hand, now, or at a time in some zone; which instant that is here is said, too. */
import { Field, Input, Radio, RadioGroup, Select } from '@fluentui/react-components'
import { useState } from 'react'
import { formatDate } from '../../ui/format.ts'
import { useSpeech } from '../../words/words.ts'
import { isSkipped, type Schedule, startAfterOf, zones } from './schedule.ts'

interface ScheduleFieldsProps {
  readonly value: Schedule
  onChange(changes: Partial<Schedule>): void
  /** A batch that is there cannot be started "now" by its schedule. */
  readonly offers?: readonly Schedule['start'][]
}

const ALL = ['now', 'at', 'manually'] as const

export function ScheduleFields({ value, onChange, offers = ALL }: ScheduleFieldsProps) {
  const { words } = useSpeech()
  const labels = {
    now: words.choices.startNow,
    at: words.choices.startAt,
    // Of a batch that is there it says nothing of how it was started.
    manually: offers.includes('now') ? words.choices.startManually : words.choices.startNoTime,
  }
  return (
    <>
      <Field label={words.choices.start}>
        <RadioGroup
          value={value.start}
          onChange={(_, { value: start }) => onChange({ start: start as Schedule['start'] })}
        >
          {offers.map((one) => (
            <Radio key={one} value={one} label={labels[one]} />
          ))}
        </RadioGroup>
      </Field>
      {value.start === 'at' && <StartAt value={value} onChange={onChange} />}
    </>
  )
}

export function StartAt({ value, onChange }: Pick<ScheduleFieldsProps, 'value' | 'onChange'>) {
  const { words, language } = useSpeech()
  const [known] = useState(zones)
  const startAfter = startAfterOf(value)
  const shown = startAfter === null ? '' : formatDate(language, startAfter)
  const isPast = startAfter !== null && Date.parse(startAfter) <= Date.now()
  return (
    <div className="form">
      <div className="two">
        <Field label={words.choices.date} required>
          <Input type="date" value={value.date} onChange={(_, { value: date }) => onChange({ date })} />
        </Field>
        <Field label={words.choices.time} required>
          <Input type="time" value={value.time} onChange={(_, { value: time }) => onChange({ time })} />
        </Field>
      </div>
      <Field
        label={words.choices.zone}
        validationMessage={
          startAfter === null
            ? words.choices.startWrong
            : isPast
              ? words.choices.startPast(shown)
              : isSkipped(value)
                ? `${words.choices.startSkipped(formatDate(language, startAfter, value.zone))} ${words.choices.startsAt(shown)}`
                : words.choices.startsAt(shown)
        }
        validationState={startAfter === null ? 'error' : isPast || isSkipped(value) ? 'warning' : 'none'}
      >
        <Select value={value.zone} onChange={(_, { value: zone }) => onChange({ zone })}>
          {(known.includes(value.zone) ? known : [value.zone, ...known]).map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ')}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  )
}
