import type { Input } from '../call'

/**
 * Members of an input whose types the model has checked (validate.ts):
 * absent and null are undefined.
 */
export function readText(input: Input, name: string): string | undefined {
  const value = input[name]
  return typeof value === 'string' ? value : undefined
}

export function readNumber(input: Input, name: string): number | undefined {
  const value = input[name]
  return typeof value === 'number' ? value : undefined
}

export const readFlag = (input: Input, name: string): boolean => input[name] === true

export function readBlob(input: Input, name: string): Buffer | undefined {
  const value = readText(input, name)
  return value === undefined ? undefined : Buffer.from(value, 'base64')
}

export function readTexts(input: Input, name: string): string[] {
  const value = input[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export function readRecord(input: Input, name: string): Input | undefined {
  const value = input[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

export function readRecords(input: Input, name: string): Input[] {
  const value = input[name]
  if (!Array.isArray(value)) return []
  return value.flatMap((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? [item] : [],
  )
}
