import net from 'node:net'

/**
 * Stands between a process and PostgreSQL and tears connections, as a network or a server that is
 * killed does: no word of goodbye, and at any moment.
 */
export async function openCuttingProxy(databaseUrl: string) {
  const target = new URL(databaseUrl)
  const open = new Set<net.Socket>()
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port), target.hostname)
    open.add(near)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => {})
      from.on('close', () => {
        open.delete(near)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  const cut = (which: (all: net.Socket[]) => net.Socket[]) => {
    const torn = which([...open])
    for (const socket of torn) {
      if (Math.random() < 0.5) socket.resetAndDestroy()
      else socket.destroy()
    }
    return torn.length
  }
  return {
    url: url.toString(),
    /** Tears one of the open connections. Returns how many it tore. */
    cutOne: () => cut((all) => all.slice(Math.floor(Math.random() * all.length)).slice(0, 1)),
    cutAll: () => cut((all) => all),
    close: () => {
      cut((all) => all)
      server.close()
    },
  }
}
