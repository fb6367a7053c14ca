import { DescribeKeyCommand, GetKeyPolicyCommand, ListGrantsCommand } from '@aws-sdk/client-kms'
import { afterAll, describe, expect, it } from 'vitest'
import { judgeCall } from '../../access/judge-call'
import type { Sources } from '../../access/gather'
import { gatherIam } from '../../access/iam-facts'
import type { KeyFacts } from '../../access/key-facts'
import { parsedPolicy } from '../../access/parsed'
import { AwsProblem } from '../../aws/errors'
import type { AwsPlan } from './define'
import { kindNames, kinds, type KindName } from './registry'
import { runChange } from '../test/run-change'
import { examples } from '../test/kind-examples'
import { openSandboxFixture, own } from '../test/sandbox-fixture'

const fixture = await openSandboxFixture()
afterAll(() => fixture.close())
const roleArn = `arn:aws:iam::${own}:role/ClavigerWrite`

function roleOf() {
  const role = fixture.aws.sandbox.world.accounts.get(own)?.roles.get('ClavigerWrite')
  if (!role) throw new Error('the scenario has no ClavigerWrite')
  return role
}

/** IAM as a sweep would have read it; of an account that no control policy binds. */
function readSources(): Sources {
  const { inlinePolicies, name, id } = roleOf()
  const details = {
    inlinePolicies: [...inlinePolicies].map(([policy, document]) => ({ name: policy, document })),
    attachedPolicyArns: [],
    permissionsBoundaryArn: null,
    tags: {},
    trustPolicy: null,
  }
  const row = { arn: roleArn, accountId: own, kind: 'role', name, path: '/', uniqueId: id, details }
  const organization = {
    id: 'o-1',
    managementAccountId: own,
    nodes: new Map(),
    policies: new Map(),
  }
  return { iam: gatherIam(new Set([own]), [row]), organization }
}

async function readKey(arn: string): Promise<KeyFacts | undefined> {
  const [, , , region = '', , resource = ''] = arn.split(':')
  if (!resource.startsWith('key/')) return undefined
  const kms = fixture.aws.kms({ accessKeyId: own, secretAccessKey: 'any' }, region)
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: arn }))
  const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: arn }))
  const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: arn }))
  return {
    arn,
    accountId: own,
    keyUsage: key?.KeyUsage ?? null,
    keyManager: key?.KeyManager ?? null,
    keyState: key?.KeyState ?? null,
    policy: parsedPolicy(Policy, 'key'),
    grants: Grants,
    resourceControlPolicies: undefined,
    organizationId: null,
    context: {},
  }
}

/** The evaluator knows KMS alone. */
const callsKms = (name: KindName) =>
  kinds[name].role?.statements.some(({ Action }) => Action.some((one) => one.startsWith('kms:')))
const evaluated = kindNames.filter((name) => examples.has(name) && callsKms(name))

/** The role without what lets it do this. */
function takeAway(action: string): () => void {
  const { inlinePolicies } = roleOf()
  const [[name, before] = ['', '']] = [...inlinePolicies]
  const policy = JSON.parse(before)
  policy.Statement.push({ Sid: 'TakenAway', Effect: 'Deny', Action: action, Resource: '*' })
  inlinePolicies.set(name, JSON.stringify(policy))
  return () => {
    inlinePolicies.set(name, before)
  }
}

const endOf = (name: KindName) =>
  kinds[name].end === 'never' ? {} : { endsAt: '2036-11-29T12:00:00.000Z' }

const sessionPolicyOf = (plan: AwsPlan) =>
  JSON.stringify({ Version: '2012-10-17', Statement: plan.sessionPolicy() })

/** The calls of doing it, and every other action that its session is given. */
async function listActions(name: KindName): Promise<{ doing: string[]; others: string[] }> {
  const { place, input } = await makeExample(name)
  const { plan } = await fixture.open(kinds[name], place, input)
  const doing = new Set(
    plan
      .calls()
      .filter(({ atEnd }) => !atEnd)
      .map(({ action }) => action),
  )
  const given = new Set(
    plan
      .sessionPolicy()
      .flatMap(({ Action }) => Action)
      .filter((action) => action.startsWith('kms:')),
  )
  return { doing: [...doing], others: [...given].filter((action) => !doing.has(action)) }
}

async function makeExample(name: KindName) {
  const example = await examples.get(name)?.(fixture)
  if (!example) throw new Error('no example')
  return example
}

describe('the calls that a kind says it makes', () => {
  it.each(evaluated)(
    '%s: allowed by the policies, and all that doing and undoing it sends',
    async (name) => {
      const { place, input, sends, undoes = [] } = await makeExample(name)
      const { plan, changeId } = await fixture.open(kinds[name], place, input, endOf(name))
      const session = {
        roleArn,
        sessionName: changeId,
        sourceIdentity: 'test-person',
        policy: sessionPolicyOf(plan),
      }
      const answer = async (atEnd = false) => {
        const calls = plan.calls().filter((call) => (call.atEnd ?? false) === atEnd)
        const answers = []
        for (const call of calls) {
          const { result, reasons } = judgeCall(
            readSources(),
            session,
            call,
            await readKey(call.resource),
          )
          answers.push([call.action, call.resource, result, ...(result === 'allow' ? [] : reasons)])
        }
        return answers
      }
      const allowed = (calls: string[][]) =>
        calls.map(([action, resource]) => [action, resource, 'allow'])
      for (const atEnd of [false, true]) {
        const answers = await answer(atEnd)
        expect(answers).toEqual(allowed(answers))
      }
      const doing = plan
        .calls()
        .filter(({ atEnd }) => !atEnd)
        .map(({ action }) => action)
      expect(doing).toEqual(expect.arrayContaining([...sends]))
      const ending = plan
        .calls()
        .filter(({ atEnd }) => atEnd)
        .map(({ action }) => action)
      if (name !== 'policy-put')
        expect(ending, 'of undoing it').toEqual(expect.arrayContaining([...undoes]))
    },
  )

  it.each(evaluated)(
    '%s: without any one of its actions, what AWS refuses was not said to be allowed',
    async (name) => {
      const { doing, others } = await listActions(name)
      for (const action of [...doing, ...others]) {
        const { place, input } = await makeExample(name)
        const { plan, changeId, read, write, sent } = await fixture.open(kinds[name], place, input)
        const session = {
          roleArn,
          sessionName: changeId,
          sourceIdentity: 'test-person',
          policy: sessionPolicyOf(plan),
        }
        const giveBack = takeAway(action)
        const results: string[] = []
        for (const call of plan.calls().filter(({ atEnd }) => !atEnd)) {
          results.push(judgeCall(readSources(), session, call, await readKey(call.resource)).result)
        }
        const problem = await runChange(plan.doing(await plan.read(read)), {
          read,
          write,
          sent,
        }).then(
          () => null,
          (error: unknown) => (error instanceof AwsProblem ? error.kind : error),
        )
        giveBack()
        const isRefused = doing.includes(action) || problem === 'denied'
        expect([action, problem === 'denied', results.includes('deny')]).toEqual([
          action,
          isRefused,
          isRefused,
        ])
      }
    },
  )
})
