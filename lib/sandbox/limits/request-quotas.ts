import type { Call, Input } from '../call'

export type RequestQuotas = { enforced: boolean; take(call: Call, weights: QuotaUse[]): boolean }
export type QuotaUse = { name: string; amount: number }

export function makeRequestQuotas(): RequestQuotas {
  return { enforced: false, take: () => true }
}

export function requestWeight(call: Call, _input: Input): QuotaUse[] {
  return [{ name: call.operation, amount: 1 }]
}
