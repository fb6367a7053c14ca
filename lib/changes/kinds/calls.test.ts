import { DescribeKeyCommand, GetKeyPolicyCommand, ListGrantsCommand } from '@aws-sdk/client-kms'
import { afterAll, describe, expect, it } from 'vitest'
import { judgeCall } from '../../access/judge-call'
import type { Sources } from '../../access/gather'
import { gatherIam } from '../../access/iam-facts'
import type { KeyFacts } from '../../access/key-facts'
import { parsedPolicy } from '../../access/parsed'
import { kinds } from '../registry'
import { kindNames } from '../kind'
import { carryOut } from '../test/carry-out'
import { examples } from '../test/kind-cases'
import { openStage, own } from '../test/sandbox-stage'

const stage = await openStage()
afterAll(() => stage.close())
const roleArn = `arn:aws:iam::${own}:role/ClavigerWrite`

function roleOf() {
  const role = stage.aws.sandbox.world.accounts.get(own)?.roles.get('ClavigerWrite')
  if (!role) throw new Error('the scenario has no ClavigerWrite')
  return role
}

/** IAM as a sweep would have read it; of an account that no control policy binds. */
function readSources(): Sources {
  const { inlinePolicies, name, id } = roleOf()
  const details = {
    inlinePolicies: [...inlinePolicies].map(([policy, document]) => ({ name: policy, document })), attachedPolicyArns: [],
    permissionsBoundaryArn: null, tags: {}, trustPolicy: null,
  }
  const row = { arn: roleArn, accountId: own, kind: 'role', name, path: '/', uniqueId: id, details }
  const organization = { id: 'o-1', managementAccountId: own, nodes: new Map(), policies: new Map() }
  return { iam: gatherIam(new Set([own]), [row]), organization }
}

async function readKey(arn: string): Promise<KeyFacts | undefined> {
  const [, , , region = '', , resource = ''] = arn.split(':')
  if (!resource.startsWith('key/')) return undefined
  const kms = stage.aws.kms({ accessKeyId: own, secretAccessKey: 'any' }, region)
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: arn }))
  const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: arn }))
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: arn }))
  return {
    arn, accountId: own, keyUsage: key?.KeyUsage ?? null, keyManager: key?.KeyManager ?? null,
    keyState: key?.KeyState ?? null, policy: parsedPolicy(Policy, 'key'),
    grants: Grants, resourceControlPolicies: undefined, organizationId: null, context: {},
  }
}

const evaluated = kindNames.filter((name) => name in examples && name !== 'quota-increase')

/** The role without what lets it do this. */
function takeAway(action: string): () => void {
  const { inlinePolicies } = roleOf()
  const [[name, before] = ['', '']] = [...inlinePolicies]
  const policy = JSON.parse(before)
  policy.Statement.push({ Sid: 'TakenAway', Effect: 'Deny', Action: action, Resource: '*' })
  inlinePolicies.set(name, JSON.stringify(policy))
  return () => { inlinePolicies.set(name, before) }
}

describe('the calls that a kind says it makes', () => {
  it.each(evaluated)('%s: allowed by the policies where AWS does it, refused where AWS refuses it', async (name) => {
    const example = await examples[name]?.(stage)
    if (!example) throw new Error('no example')
    const { place, input, sends } = example
    const { plan, changeId, read, write, sent } = await stage.open(kinds[name], place, input)
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: plan.sessionPolicy() })
    const session = { roleArn, sessionName: changeId, sourceIdentity: 'test-person', policy }
    const answer = async (atEnd = false) => {
      const calls = plan.calls().filter((call) => (call.atEnd ?? false) === atEnd)
      const answers = []
      for (const call of calls) {
        const { result, reasons } = judgeCall(readSources(), session, call, await readKey(call.resource))
        answers.push([call.action, call.resource, result, ...(result === 'allow' ? [] : reasons)])
      }
      return answers
    }
    const allowed = (calls: string[][]) => calls.map(([action, resource]) => [action, resource, 'allow'])
    for (const atEnd of [false, true]) {
      const answers = await answer(atEnd)
      expect(answers).toEqual(allowed(answers))
    }
    const doing = plan.calls().filter(({ atEnd }) => !atEnd).map(({ action }) => action)
    expect(doing).toEqual(expect.arrayContaining([...sends]))

    const giveBack = takeAway(sends[0] ?? '')
    const refused = (await answer()).filter(([action]) => action === sends[0])
    expect(refused.map(([, , result]) => result)).toEqual(refused.map(() => 'deny'))
    const baseline = await plan.read(read)
    await expect(carryOut(plan.doing(baseline), { read, write, sent })).rejects.toMatchObject({ kind: 'denied' })
    giveBack()
  })
})
