/** The control API was asked for something it does not take: answers with 400 and these words. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
}
