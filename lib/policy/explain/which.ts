import { parseArn } from '../../kms/arn'
import type { PolicyStatement, PolicyType } from '../document'
import { joinPhrases, quote } from './phrases'

/** On what, with its preposition; '' where it is the key that has the policy. */
export function sayWhich({ resource }: PolicyStatement, type: PolicyType, most?: number): string {
  if (!resource) return ''
  const values = resource.values.map(({ value }) => value)
  if (resource.negated)
    return ` on anything but ${joinPhrases(values.map(sayResource), 'and', most)}`
  if (values.includes('*')) return type === 'key' ? '' : ' on every resource'
  if (values.length === 0) return ' on nothing'
  return ` on ${joinPhrases(values.map(sayResource), 'and', most)}`
}

function sayResource(value: string): string {
  if (value === '*') return 'every resource'
  const arn = parseArn(value)
  if (!arn || arn.service !== 'kms') return quote(value)
  const where =
    `${arn.region === '*' ? 'any Region' : arn.region} of ` +
    `${arn.account === '*' ? 'any account' : `account ${arn.account}`}`
  if (arn.resource === 'key/*' || arn.resource === '*') return `every key in ${where}`
  if (arn.resource === 'alias/*') return `every alias in ${where}`
  if (arn.resource.startsWith('key/')) return `key ${arn.resource.slice(4)} in ${where}`
  return arn.resource.startsWith('alias/')
    ? `the alias ${arn.resource.slice(6)} in ${where}`
    : quote(value)
}
