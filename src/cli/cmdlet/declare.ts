/** How a cmdlet is declared: once, in one file. Parser, Get-Help, docs/cmdlets, completion and aliases follow from it. */
import type { Client } from '../client.ts'
import type { PipeObject } from './shape.ts'

/** What a parameter's text becomes. */
export interface ValueTypes {
  string: string
  int: number
  /** A number of results, or all of them. */
  count: number
  bool: boolean
  switch: boolean
  enum: string
  /** `A,B`; a comma that is part of a name is written `\,`. */
  list: readonly string[]
  /** ISO 8601 in UTC. */
  dateTime: string
  timeZone: string
  timeSpan: string
  slots: number | 'Unlimited'
  path: string
}

/** What the running server, or this program, completes a parameter's value with. */
export const NAME_KINDS = ['endpoints', 'batches', 'databases', 'reports', 'administrators', 'cmdlets'] as const
export type NameKind = (typeof NAME_KINDS)[number]

export interface Parameter {
  readonly type: keyof ValueTypes
  /** One sentence. */
  readonly help: string
  /** In every one of its sets. */
  readonly mandatory?: boolean
  /** From 0 on: may be given without its name. */
  readonly position?: number
  /** Parameter sets it belongs to; absent: all. */
  readonly sets?: readonly string[]
  /** By type of the object that comes through a pipe: properties to take the value from, the first that is there. */
  readonly fromPipeline?: Readonly<Record<string, readonly string[]>>
  /** Shown in help. */
  readonly default?: string
  /** `$null` is a value: it clears what is set. */
  readonly nullable?: boolean
  /** Of an enum. */
  readonly values?: readonly string[]
  readonly completes?: NameKind
}

export type Parameters = Readonly<Record<string, Parameter>>

type Value<P extends Parameter> =
  | (P extends { type: 'enum'; values: readonly (infer V)[] } ? V : ValueTypes[P['type']])
  | (P extends { nullable: true } ? null : never)
type Compulsory<P extends Parameter> = P extends { mandatory: true }
  ? P extends { sets: object }
    ? false
    : true
  : false

export type Values<P extends Parameters> = {
  readonly [K in keyof P as Compulsory<P[K]> extends true ? K : never]: Value<P[K]>
} & { readonly [K in keyof P as Compulsory<P[K]> extends true ? never : K]?: Value<P[K]> }

/** What a cmdlet has besides its parameters' values. */
export interface Call {
  readonly client: Client
  /** What Identity names, for people: of a piped object its Identity, where the value is a Guid. */
  readonly target: string
  /** It came through a pipe. */
  readonly isPiped: boolean
  warn(text: string): void
  /**
   * ShouldProcess: false under -WhatIf, or when the answer to the confirmation is no. `question` is asked for only
   * when somebody is going to read it.
   */
  should(target: string, question?: () => Promise<string> | string): Promise<boolean>
}

export interface Sink {
  object(object: PipeObject): Promise<void>
  text(text: string): Promise<void>
  /** Columns of the terminal; null where lines may be of any length. */
  readonly width: number | null
}

export interface Example {
  readonly code: string
  readonly says: string
}

interface Described<P extends Parameters> {
  readonly name: string
  readonly synopsis: string
  readonly description: string
  readonly parameters: P
  /** Exchange's parameters that are for something else: what they are for. */
  readonly foreign?: Readonly<Record<string, string>>
  readonly examples: readonly Example[]
  readonly notes?: string
}

export interface Declaration<P extends Parameters> extends Described<P> {
  /** Changes something: has -WhatIf and -Confirm. `high` asks unless told not to. */
  readonly impact?: 'low' | 'high'
  /** Called once for each object of the pipe, or once. */
  run(values: Values<P>, call: Call): AsyncIterable<PipeObject> | Promise<PipeObject | null> | Promise<void>
}

export interface FilterDeclaration<P extends Parameters> extends Described<P> {
  /** Needs no server: reads the objects of the pipe to their end. */
  filter(values: Values<P>, objects: AsyncIterable<PipeObject>, sink: Sink): Promise<void>
}

export interface Cmdlet extends Described<Parameters> {
  readonly impact?: 'low' | 'high'
  readonly run?: Declaration<Parameters>['run']
  readonly filter?: FilterDeclaration<Parameters>['filter']
}

// The parser has made the values by the very declaration: what is lost here is only that TypeScript knew.
export const cmdlet = <const P extends Parameters>(declaration: Declaration<P>): Cmdlet => declaration
export const filter = <const P extends Parameters>(declaration: FilterDeclaration<P>): Cmdlet => declaration
