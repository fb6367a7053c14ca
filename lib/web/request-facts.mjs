// What the web server knows of the request under way. The server and Next's bundles each load this file; the store they share
// hangs on globalThis.
import { AsyncLocalStorage } from 'node:async_hooks'

/** @typedef {{ entered: boolean }} RequestFacts `entered`: one of our doors has begun to answer */

const name = Symbol.for('claviger.request-facts')

/** @type {AsyncLocalStorage<RequestFacts>} */
export const requestFacts = (globalThis[name] ??= new AsyncLocalStorage())

/** Says that the request came as far as one of our doors: what fails from now on is ours, not the sender's. */
export function enterDoor() {
  const facts = requestFacts.getStore()
  if (facts) facts.entered = true
}
