/** The heap of a running Node process, by its inspector: opened by a signal, where NODE_OPTIONS says (--inspect-port). */
import { until } from '#test/crash/until.ts'

export interface Inspected extends AsyncDisposable {
  /** After a forced collection. */
  heapMb(): Promise<number>
}

export async function inspectorOf(pid: number, port: number): Promise<Inspected> {
  process.kill(pid, 'SIGUSR1')
  let url = ''
  await until('the inspector listens', async () => {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/json/list`)
      url = ((await answer.json()) as { webSocketDebuggerUrl: string }[])[0]!.webSocketDebuggerUrl
      return true
    } catch {
      return false
    }
  })
  const socket = new WebSocket(url)
  const waiting = new Map<number, (result: unknown) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown }
    if (id !== undefined) waiting.get(id)?.(result)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  let last = 0
  const send = <T>(method: string) =>
    new Promise<T>((resolve) => {
      const id = ++last
      waiting.set(id, (result) => {
        waiting.delete(id)
        resolve(result as T)
      })
      socket.send(JSON.stringify({ id, method }))
    })
  return {
    async heapMb() {
      for (let time = 0; time < 2; time++) await send('HeapProfiler.collectGarbage')
      return (await send<{ usedSize: number }>('Runtime.getHeapUsage')).usedSize / 1e6
    },
    async [Symbol.asyncDispose]() {
      socket.close()
    },
  }
}
