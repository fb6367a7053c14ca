// The web server's process: Next.js behind our own HTTP server. node lib/web/main.mjs
// [--dev]; HOST and PORT say where.
import path from 'node:path'
import { createServer } from 'node:http'
import next from 'next'
import { logConsole } from './log-lines.mjs'
import { createWebServer } from './server.mjs'

const dev = process.argv.includes('--dev')
const hostname = process.env.HOST || '127.0.0.1'
const port = Number(process.env.PORT || 3000)
const leaveRejections = dev ? () => {} : logConsole() // beside hot reload a person reads along

/** @type {ReturnType<import('next').NextServer['getRequestHandler']>} */
let handle
const server = createWebServer((request, response) => handle(request, response), process.env)
const app = next({
  dev,
  hostname,
  port,
  quiet: !dev,
  dir: path.resolve(import.meta.dirname, '../..'),
  // Hot reload speaks WebSocket. A build does not: its listener is put where nobody connects, and
  // an upgrade is a plain request.
  httpServer: dev ? server : createServer(),
})
await app.prepare()
leaveRejections()
handle = app.getRequestHandler()

server.on('error', (error) => {
  console.error(`The web server cannot listen on ${hostname}:${port}: ${error.message}`)
  process.exit(1)
})
server.listen(port, hostname, () => console.log(`web server on ${hostname}:${port}`))

let isStopping = false

/**
 * Answers what was asked, takes nothing new, then goes; a further signal
 * does not cut the answers off.
 */
function stop() {
  if (isStopping) return
  isStopping = true
  server.close(() => void app.close().finally(() => process.exit(0)))
  if (dev) server.closeAllConnections() // hot reload never hangs up
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
