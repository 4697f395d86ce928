/** What follows from the declarations: help, manual, completion; and that they agree with each other. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { manualPages } from '#cli/cmdlet/manual.ts'
import { ALL_COMMON } from '#cli/cmdlet/common-parameters.ts'
import { DATABASE_KINDS, LANGUAGES, ROLES, SECURITIES } from '#cli/cmdlet/enums.ts'
import { SCOPES } from '#cli/scopes.ts'
import { everyCmdlet } from '#cli/every-cmdlet.ts'
import { CMDLETS } from '#cli/cmdlets/all.ts'
import { checkSets, readGiven } from '#cli/cmdlet/bind.ts'
import { parseArguments } from '#cli/cmdlet/parse-arguments.ts'
import * as administrator from '#contract/administrator.ts'
import { DatabaseKind } from '#contract/database.ts'
import * as organization from '#contract/organization.ts'
import { Security } from '#contract/values.ts'
import { batch, endpoint } from './objects.ts'
import { root, typed } from './shell.ts'
import { StubService, page } from './stub-service.ts'

const cmdlets = await everyCmdlet()

suite('Declarations', () => {
  test('stand under their names, one in a file', () => {
    assert.deepEqual(
      cmdlets.map(({ name }) => name),
      Object.keys(CMDLETS),
    )
    assert.equal(readdirSync(join(root, 'src/cli/cmdlets')).length, cmdlets.length + 1)
  })

  test('name no parameter that all have, nor one of Exchange that they have themselves', () => {
    for (const { name, parameters, foreign = {} } of cmdlets) {
      for (const own of Object.keys(parameters)) {
        assert.ok(!ALL_COMMON.includes(own), `${name} -${own}`)
        assert.ok(!(own in foreign), `${name} -${own} is both`)
      }
    }
  })

  test('have examples that parse', async () => {
    for (const { name, examples } of cmdlets) {
      assert.ok(examples.length > 0, name)
      for (const { code } of examples) {
        // Words as a shell would make them; what a substitution brings is one word.
        const flat = code.replaceAll(/"\$\([^)]*\)"/g, 'x,y')
        for (const stage of flat.split(' | ')) {
          const [own, ...words] = [...stage.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
            word.replaceAll(/["']/g, ''),
          )
          const cmdlet = await CMDLETS[own!]?.()
          assert.ok(cmdlet, `${name}: ${own} is no cmdlet`)
          const bound = readGiven(cmdlet, parseArguments(cmdlet, words).given)
          if (stage === flat.split(' | ')[0]) checkSets(cmdlet, bound)
        }
      }
    }
  })

  test('know the values of the contract', () => {
    assert.deepEqual(SECURITIES, Security.options)
    assert.deepEqual(DATABASE_KINDS, DatabaseKind.options)
    assert.deepEqual([ROLES, LANGUAGES], [administrator.ROLES, administrator.LANGUAGES])
    assert.deepEqual(SCOPES, organization.SCOPES)
  })
})

suite('The manual', () => {
  test('docs/cmdlets says what the declarations say (waybill cmdlet-docs docs/cmdlets writes it)', () => {
    const pages = manualPages(cmdlets)
    const folder = join(root, 'docs/cmdlets')
    assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort())
    for (const [name, text] of pages) assert.equal(readFileSync(join(folder, name), 'utf8'), text, name)
  })
})

suite('Get-Help', () => {
  test('tells of one cmdlet, whole or its examples, as -? does', async () => {
    await using service = new StubService({})
    const { stdout, code } = await typed('Get-Help new-migrationbatch -Full', { folder: service.data })
    assert.equal(code, 0)
    for (const part of ['NAME', 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'PARAMETERS', 'EXAMPLES'])
      assert.match(stdout, new RegExp(`^${part}$`, 'm'))
    assert.match(stdout, /^ {4}-CSVData <Path>\n {8}Path of the CSV file\.\n\n {8}Required +yes$/m)
    assert.equal((await typed('New-MigrationBatch -?', { folder: service.data })).stdout, stdout)
    const examples = await typed('Get-Help New-MigrationBatch -Examples', { folder: service.data })
    assert.match(examples.stdout, /-CSVData users\.csv -AutoStart/)
    assert.doesNotMatch(examples.stdout, /PARAMETERS/)
  })

  test('lists those that fit a pattern, and refuses what is not there', async () => {
    await using service = new StubService({})
    const line = "Get-Help '*-migrationuser' | Select-Object -ExpandProperty Name"
    assert.equal(
      (await typed(line, { folder: service.data })).stdout,
      'Get-MigrationUser\nRemove-MigrationUser\nSet-MigrationUser\nStart-MigrationUser\nStop-MigrationUser\n',
    )
    const unknown = await typed('Get-Help New-MigrationBach', { folder: service.data })
    assert.equal(unknown.code, 3)
    assert.match(unknown.stderr, /Did you mean New-MigrationBatch/)
  })
})

suite('Completion in bash', () => {
  /** What Tab offers at the end of each line. */
  async function offered(service: StubService, ...lines: readonly string[]): Promise<string[]> {
    writeFileSync(
      join(service.data, 'tab.sh'),
      `eval "$(waybill completion bash)"
tab() {
  local line=$1
  COMP_LINE=$line COMP_POINT=\${#line}
  read -ra COMP_WORDS <<< "$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _waybill_complete
  local IFS='|'
  echo "\${COMPREPLY[*]}"
}
`,
    )
    const calls = lines.map((line) => `tab '${line}'`).join('\n')
    const { stdout, stderr } = await typed(`source ./tab.sh\n${calls}`, { folder: service.data })
    assert.equal(stderr, '')
    return stdout.split('\n').slice(0, -1)
  }

  test('completes cmdlets, parameters, values and names, in any case', async () => {
    await using service = await new StubService({
      listEndpoints: () => page([endpoint(), endpoint({ identity: 'Second one' })]),
      listBatches: () => page([batch()]),
    }).listen()
    assert.deepEqual(
      await offered(
        service,
        'waybill get-migrationu',
        'waybill --data x start-',
        'New-MigrationEndpoint -maxc',
        'waybill Get-MigrationUser -Status Inc',
        'New-MigrationEndpoint -Security ',
        'New-MigrationBatch B -SourceEndpoint ',
        'Get-MigrationBatch I',
        'Start-MigrationBatch -Identity ',
        'Get-Help New-Mig',
        'Set-MigrationBatch B -SkipReports ',
      ),
      [
        'Get-MigrationUser|Get-MigrationUserStatistics',
        'Start-MigrationBatch|Start-MigrationUser',
        '-MaxConcurrentMigrations|-MaxConcurrentIncrementalSyncs',
        'IncrementalSyncing|IncrementalSynced|IncrementalFailed|IncrementalStopped',
        'None|Ssl|Tls',
        String.raw`IMAPEndpoint|Second\ one`,
        'IMAPBatch1',
        'IMAPBatch1',
        'New-MigrationBatch|New-MigrationEndpoint',
        '$true|$false',
      ],
    )
  })

  test('says nothing when there is no server', async () => {
    await using service = new StubService({})
    assert.deepEqual(await offered(service, 'Get-MigrationBatch I'), [''])
  })

  test('is bound to every cmdlet', async () => {
    await using service = new StubService({})
    const line = 'eval "$(waybill completion bash)"; complete -p Remove-MigrationBatch waybill'
    const { stdout } = await typed(line, { folder: service.data })
    assert.match(stdout, /_waybill_complete Remove-MigrationBatch\n.*_waybill_complete waybill/)
  })
})
