import type { Call } from '../call'
import type { Key } from '../world'

export function checkPolicy(_call: Call, _policy: string): void {}
export function requireNoLockout(_call: Call, _key: Key, _policy: string): void {}
