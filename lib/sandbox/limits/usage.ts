import type { Call } from '../call'
import type { QuotaUse } from './request-quotas'

/** AWS/Usage CallCount, by the resource names of aws-facts 6.4. */
export function countUsage(_call: Call, _uses: QuotaUse[]): void {}
