/**
 * Why a message did not leave, in words an administrator may read: no secret, no private address,
 * nothing of the answer's body.
 */
export class SendProblem extends Error {
  override readonly name = 'SendProblem'
  constructor(
    message: string,
    readonly isFinal = false,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
