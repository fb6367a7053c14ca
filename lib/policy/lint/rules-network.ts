import type { PolicyStatement } from '../document'
import type { Linting } from './linting'
import { operationsOf } from './reach'
import { own } from '../../own'

/**
 * Private addresses are unique within one network only: Access Analyzer asks
 * for the network beside them.
 */
const pairs: Readonly<Record<string, readonly string[]>> = {
  'aws:vpcsourceip': ['aws:sourcevpc', 'aws:sourcevpce', 'aws:sourcevpcarn'],
  'aws:ec2instancesourceprivateipv4': ['aws:ec2instancesourcevpc'],
}
const networks = /^aws:(?:sourceip|sourcevpc|sourcevpce|vpcsourceip|sourcevpcarn)$/
const ways =
  /^(?:kms:viaservice|aws:(?:viaawsservice|calledvia.*|principalisawsservice|principalarn))$/

export function lintNetworks(lint: Linting): void {
  for (const statement of lint.document.statements) {
    const { conditions, effect } = statement
    for (const condition of conditions ?? []) {
      const { keyName, key, path, keySpan, operator } = condition
      const at = { path, span: keySpan }
      const partners = own(pairs, keyName)
      if (
        partners &&
        effect?.value === 'Allow' &&
        !(conditions ?? []).some((other) => partners.includes(other.keyName))
      )
        lint.report(
          'MISSING_PAIRED_CONDITION_KEYS',
          at,
          `Private addresses exist in every VPC: ${key} alone lets in callers of other people's networks.`,
          'Add a condition on ' +
            `${keyName === 'aws:vpcsourceip' ? 'aws:SourceVpc or aws:SourceVpce' : 'aws:Ec2InstanceSourceVpc'}.`,
        )
      if (
        effect?.value === 'Deny' &&
        operator.negated &&
        networks.test(keyName) &&
        bindsServices(lint, statement)
      )
        lint.report(
          'NETWORK_DENY_BINDS_SERVICES',
          at,
          'Services such as EBS or S3 that use the key for a caller do not come from its ' +
            'network: this denies them too.',
          'Spare them by a condition Bool aws:ViaAWSService "false".',
        )
    }
  }
}

function bindsServices({ document }: Linting, statement: PolicyStatement): boolean {
  const uses = ['decrypt', 'generatedatakey', 'creategrant', 'encrypt'].some((operation) =>
    operationsOf(statement).has(operation),
  )
  return (
    document.type !== 'endpoint' &&
    uses &&
    !(statement.conditions ?? []).some(({ keyName }) => ways.test(keyName))
  )
}
