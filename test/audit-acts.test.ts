/** What the audit log knows of the routes: a name for each act, and which fields are secrets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { CMDLETS } from '#cli/cmdlets/all.ts'
import { HIDDEN, hideSecrets, takesSecret } from '#contract/hide-secrets.ts'
import { ROUTES, type RouteName } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { Secret } from '#contract/values.ts'
import { ACTS, API_ONLY } from '#migration/audit/acts.ts'

const routes = Object.entries(ROUTES) as [RouteName, Route][]

test('every route that is not a GET, and every GET that hands out files, has the name of a cmdlet', () => {
  for (const [name, { method, answerType, scope }] of routes) {
    const act = ACTS[name]
    if (scope === 'public') {
      // Told by the sign-in itself (record-sign-ins.ts), for a stranger must not be able to fill the log.
      assert.equal(act, undefined, name)
      continue
    }
    // An empty file to be filled in tells nothing of anybody.
    if (name === 'getCsvTemplate') continue
    if (method === 'GET' && !['csv', 'text', 'eml'].includes(answerType)) {
      assert.equal(act, undefined, `${name} only reads`)
      continue
    }
    assert.ok(act, `${name} has no line in src/migration/audit/acts.ts`)
    const known = act.cmdlet in CMDLETS || API_ONLY.some((one) => one === act.cmdlet)
    assert.ok(known, `${act.cmdlet} is no cmdlet, and none of the API's own`)
    assert.ok(method !== 'GET' || act.effect === 'reads', name)
  }
})

const isFlag = (field: z.ZodType): boolean => field.safeParse(true).success

/** The fields of a body, of whatever depth and form. */
function fieldsOf(schema: z.ZodType, path: string): [string, z.ZodType][] {
  const {
    shape,
    innerType,
    in: input,
    options,
    element,
  } = schema.def as unknown as {
    shape?: Record<string, z.ZodType>
    innerType?: z.ZodType
    in?: z.ZodType
    options?: z.ZodType[]
    element?: z.ZodType
  }
  return [
    ...Object.entries(shape ?? {}).flatMap(([name, field]): [string, z.ZodType][] => [
      [`${path}.${name}`, field],
      ...fieldsOf(field, `${path}.${name}`),
    ]),
    ...[innerType, input, element, ...(options ?? [])].flatMap((inner) => (inner ? fieldsOf(inner, path) : [])),
  ]
}

test('whatever sounds like a secret in what routes take is marked as one', () => {
  const sounds = /(?:password|passphrase|secret|privateKey|apiKey|token|code)$/i
  const fields = routes.flatMap(([name, { params, query, body }]) =>
    [params, query, body].flatMap((schema) => fieldsOf(schema, name)),
  )
  assert.ok(fields.some(([path]) => path === 'createDatabase.adminPassword'))
  assert.deepEqual(
    fields.filter(([path, field]) => sounds.test(path) && !takesSecret(field) && !isFlag(field)).map(([path]) => path),
    [],
  )
})

test('a secret is hidden however it is wrapped and wherever it stands, and nothing else is', () => {
  const schema = z.object({
    plain: z.string(),
    secret: Secret,
    maybe: Secret.nullable().optional(),
    described: Secret.max(10).describe('for the test').default('x'),
    nested: z.object({ secret: Secret, port: z.int() }).partial(),
    list: z.array(z.object({ secret: Secret })),
    either: z.union([z.object({ kind: z.literal('a'), secret: Secret }), z.object({ kind: z.literal('b') })]),
    named: z.record(z.string(), Secret),
    piped: Secret.transform((text) => text.length),
  })
  const secret = 'hush'
  const { value, secrets } = hideSecrets(schema, {
    plain: 'seen',
    secret,
    maybe: null,
    described: secret,
    nested: { secret, port: 1 },
    list: [{ secret }, { secret }],
    either: { kind: 'a', secret },
    named: { one: secret },
    piped: secret,
  })
  assert.ok(!JSON.stringify(value).includes(secret))
  assert.deepEqual(value, {
    plain: 'seen',
    secret: HIDDEN,
    maybe: null,
    described: HIDDEN,
    nested: { secret: HIDDEN, port: 1 },
    list: [{ secret: HIDDEN }, { secret: HIDDEN }],
    either: { kind: 'a', secret: HIDDEN },
    named: { one: HIDDEN },
    piped: HIDDEN,
  })
  assert.deepEqual(
    secrets.map(({ path, isRemoved }) => `${path.join('.')}${isRemoved ? ' removed' : ''}`),
    ['secret', 'maybe removed', 'described', 'nested.secret', 'list.secret', 'either.secret', 'named.one', 'piped'],
  )
})
