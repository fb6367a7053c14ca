// What the web server knows of the request under way. The server and Next's bundles each load this
// file; the store they share hangs on globalThis.
import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * `entered`: one of our doors has begun to answer. `instead`: status and headers that a page's door
 * wants, which Next lets it say nothing about. `abandoned`: whoever asked to read something has gone
 * before the answer was out; what changes something is carried to its end.
 * @typedef {{ status: number, headers: Record<string, string> }} Instead
 * @typedef {{ entered: boolean, instead?: Instead, abandoned?: AbortSignal }} RequestFacts
 */

const name = Symbol.for('claviger.request-facts')

/** @type {AsyncLocalStorage<RequestFacts>} */
export const requestFacts = (globalThis[name] ??= new AsyncLocalStorage())

/**
 * Says that the request came as far as one of our doors: what fails from now on
 * is ours, not the sender's.
 */
export function enterDoor() {
  const facts = requestFacts.getStore()
  if (facts) facts.entered = true
}

/**
 * Gives what is being drawn another status than 200, while nothing of it has left.
 * @param {Instead} instead
 */
export function answerWith(instead) {
  const facts = requestFacts.getStore()
  if (facts) facts.instead = instead
}

/** Has whoever asked gone, so that what fails now fails nobody? */
export const isAbandoned = () => requestFacts.getStore()?.abandoned?.aborted ?? false
