/** The service over TCP with people who sign in to it. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Administrator, Session } from '#contract/administrator.ts'
import { startedBefore } from '#test/data-folder.ts'
import { type Ended, temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { freePorts } from '#test/servers/instance.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { Browser } from './browser.ts'
import { Served, environment } from './world.ts'

export const PASSWORD = 'four quiet owls sing'

/** Over the socket; the password need not be changed unless `more` says so. */
export const makeAdministrator = (
  served: Served,
  userName: string,
  roles: readonly string[] = ['OrganizationManagement'],
  more: object = {},
): Promise<Administrator> =>
  served.must('POST', '/administrators', { userName, roles, password: PASSWORD, mustChangePassword: false, ...more })

export interface AdministratorsWorld extends AsyncDisposable {
  readonly port: number
  readonly dataFolder: string
  readonly served: Served
  /** Made over the socket; the password need not be changed unless `more` says so. */
  make(userName: string, roles?: readonly string[], more?: object): Promise<Administrator>
  signedIn(userName: string, password?: string): Promise<Browser>
  /** `waybill …` on the machine of the service. */
  command(...args: readonly string[]): Promise<Ended>
}

export async function administratorsWorld(
  name: string,
  tuning: Readonly<Record<string, number>> = {},
): Promise<AdministratorsWorld> {
  await using stack = new AsyncDisposableStack()
  const folder = temporaryFolder(name)
  stack.defer(() => removeFolder(folder))
  const dataFolder = join(folder, 'data')
  await startedBefore(dataFolder)
  const port = (await freePorts(1))[0]!
  const served = stack.use(await Served.start({ dataFolder, port, tuning, args: ['--concurrency', '0'] }))
  const owned = stack.move()
  return {
    port,
    dataFolder,
    served,
    make: (...asked) => makeAdministrator(served, ...asked),
    async signedIn(userName, password = PASSWORD) {
      const browser = new Browser(port)
      const { status, body } = await browser.signIn<Session>(userName, password)
      assert.equal(status, 201, JSON.stringify(body))
      return browser
    },
    command: (...args) => waybill(args, environment({ dataFolder })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** An event stream that runs; `ended` resolves when it has. */
export async function eventStream(
  port: number,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly ended: Promise<void> }> {
  const response = await new Browser(port).open('GET', '/event-stream', undefined, headers)
  assert.equal(response.statusCode, 200)
  await new Promise((resolve) => response.once('data', resolve))
  const ended = new Promise<void>((resolve) => response.once('close', resolve))
  response.resume()
  return { ended }
}
