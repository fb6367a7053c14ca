import type { AwsError, Call, Input } from './call'

export function recordCall(_call: Call, _input: Input, _error: AwsError | null): void {}
