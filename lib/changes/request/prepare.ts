import 'server-only'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { appendAudit } from '../../audit/append'
import { reachesAccount } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { toAppError, AwsProblem } from '../../aws/errors'
import { db, sql, transaction } from '../../db/client'
import { readClock } from '../../db/clock'
import { Prisma } from '../../db/generated/client'
import { AppError } from '../../errors'
import { findUnstorable, storableJson, storableText, unstorableWords } from '../../storable'
import { askedRequest, type AskedRequest } from './ask'
import { replaceDraft } from './cancel'
import { commonPlace } from '../scope/common-place'
import { findConflicts, findOwned } from './conflicts'
import type { AwsPlan } from '../kinds/define'
import { reportBreach } from './dry-run-breach'
import { whyNoDryRun } from './dry-run-proof'
import { inOrder } from './dry-run-order'
import { analyzeImpact } from './impact'
import { makeRolePredictor } from './predict-role'
import { makeDryRunWriter, makeReader, type AccountRoles } from '../kinds/reader-writer'
import { hashOf } from '../kinds/hash'
import type { DryRun, Facts } from '../kinds/kind'
import { openChange } from '../kinds/open'
import { storedPreflight, type Preflight } from '../kinds/preflight'
import { kindOf } from '../kinds/registry'
import { readRules } from '../rules/deciders'
import type { Risk } from '../rules/rule'
import { makeTitle } from './title'
import { isVisible } from '../scope/visible'
import { requireAsker } from './asker'
import { refuseIndefinite } from './indefinite'
import { productionContext } from '../kinds/execution-context'

type Permitted = Permit<'requests.create'>
type Asked = z.output<typeof askedRequest>
type Ready = {
  asked: Asked['changes'][number]
  id: string
  input: Facts
  title: string
  risk: Risk
  exclusive: boolean
  endsAt: Date | null
  baseline: Facts
  preflight: Preflight
}

/** Reads of different keys at a time, while a person waits. */
const width = 6

/**
 * Makes a request with its changes as a draft: reads what each stands on, asks AWS by DryRun as the
 * role that will do it, and says what it means. Nothing changes and nobody is asked yet.
 * @throws AppError invalid with the field (`changes.0.input.…`) and the words, not_found outside
 *   the person's scope, forbidden for what they may not ask for, conflict for a draft to replace
 *   that was sent meanwhile, and AWS's refusals.
 */
export async function prepareRequest(
  permit: Permitted,
  given: AskedRequest,
): Promise<{ id: string }> {
  const parsed = askedRequest.safeParse(given)
  if (!parsed.success) throw invalid(parsed.error, [])
  const asked = parsed.data
  const odd = findUnstorable(asked)
  if (odd) throw fieldError(odd, unstorableWords)
  await requireContinued(permit, asked.continuesId)
  const { rules } = await readRules()
  const now = await readClock()
  const usualEnd = new Date(now.getTime() + rules.defaultDurationHours * 3_600_000)
  const predictRole = makeRolePredictor(permit)
  const ready: Ready[] = []
  for (let at = 0; at < asked.changes.length; at += width) {
    const batch = asked.changes.slice(at, at + width)
    ready.push(
      ...(await Promise.all(
        batch.map((change, index) =>
          prepareChange(permit, predictRole, change, at + index, usualEnd, now),
        ),
      )),
    )
  }
  return store(permit, asked, ready)
}

async function prepareChange(
  permit: Permitted,
  predictRole: RolePredictor,
  asked: Ready['asked'],
  index: number,
  usualEnd: Date,
  now: Date,
): Promise<Ready> {
  const field = ['changes', String(index)]
  const id = randomUUID()
  await requireInScope(permit, asked)
  const endsAt = endOf(asked, usualEnd)
  const opened = await openChange({ ...asked, id, endsAt }).catch((error: unknown) => {
    throw error instanceof z.ZodError ? invalid(error, [...field, 'input']) : error
  })
  const { kind, plan } = opened
  requireAsker(permit.actor, kind)
  checkTimes(permit, asked, kind.end, endsAt, now, field)
  try {
    const baseline = await readBaseline(opened)
    const refused = plan.refuse(baseline) ?? (await findOwned(asked))
    if (refused) throw fieldError([...field, 'input'], refused)
    const { risk, reasons } = plan.risk(baseline)
    const preflight = await runPreflight(permit, predictRole, {
      asked,
      id,
      endsAt,
      opened,
      baseline,
    })
    return {
      asked,
      id,
      input: kind.parse(asked.input),
      title: plan.title(),
      risk,
      exclusive: kind.exclusive,
      endsAt,
      baseline,
      preflight: { ...preflight, riskReasons: reasons },
    }
  } catch (error) {
    if (error instanceof AwsProblem) throw toAppError(error)
    throw error
  }
}

/** Undefined: the usual end, where the kind has one; null: none. */
function endOf({ kind, endsAt }: Ready['asked'], usualEnd: Date): Date | null {
  if (endsAt === undefined) return kindOf(kind)?.end === 'default' ? usualEnd : null
  return endsAt === null ? null : new Date(endsAt)
}

type Opened = Awaited<ReturnType<typeof openChange>>

/** Reads what the change stands on, from AWS or from here. */
async function readBaseline({ plan, account }: Opened): Promise<Facts> {
  if (plan.where === 'house') return plan.read()
  return account ? plan.read(makeReader(productionContext, account, plan.place)) : {}
}

type Standing = Pick<Ready, 'asked' | 'id' | 'endsAt' | 'baseline'> & { opened: Opened }

/** What the change means, what AWS will say to it, and what stands in its way. */
async function runPreflight(
  permit: Permitted,
  predictRole: RolePredictor,
  { asked, id, endsAt, baseline, opened: { plan, account } }: Standing,
): Promise<Omit<Preflight, 'riskReasons'>> {
  const [tried, conflicts, policyImpact] = await Promise.all([
    plan.where === 'aws' && account
      ? findAnswers(permit, predictRole, { plan, account, changeId: id, hasEnd: endsAt !== null })
      : noAnswers,
    findConflicts(asked),
    analyzeImpact(permit, asked, baseline),
  ])
  return {
    impact: plan.impact(baseline),
    ...tried,
    conflicts,
    policyImpact,
    undo: plan.where === 'aws' && endsAt ? plan.undoWords() : null,
    sessionPolicy: plan.where === 'aws' ? plan.sessionPolicy() : [],
  }
}

type Answers = Pick<Preflight, 'dryRun' | 'noDryRun' | 'rolePrediction'>
const noAnswers: Answers = { dryRun: null, noDryRun: null, rolePrediction: null }
type RolePredictor = ReturnType<typeof makeRolePredictor>
type Doing = { plan: AwsPlan; account: AccountRoles; changeId: string; hasEnd: boolean }

/** Finds what AWS will say to the change: by DryRun, or from the policies where there is none. */
async function findAnswers(
  permit: Permitted,
  predictRole: RolePredictor,
  doing: Doing,
): Promise<Answers> {
  const tried = await tryOut(permit, doing.changeId, doing.plan, doing.account)
  const isAnswered = tried.dryRun !== null && tried.dryRun.would !== 'unknown'
  return {
    ...tried,
    rolePrediction: await predictRole({ ...doing, requesterId: permit.actor.id, isAnswered }),
  }
}

type Tried = { dryRun: DryRun | null; noDryRun: string | null }

/** Asks AWS by DryRun where it has one for this and can be asked; `noDryRun` says why it cannot. */
async function tryOut(
  { actor }: Permitted,
  changeId: string,
  plan: AwsPlan,
  account: AccountRoles,
): Promise<Tried> {
  if (account.writeRoleArn === null)
    throw new AppError(
      'conflict',
      `Account ${account.id} has no role for changes: Claviger only reads it. Accounts, ` +
        'Roles shows the role to deploy.',
    )
  if (!plan.dryRun) return { dryRun: null, noDryRun: null }
  return inOrder(plan.place.region, () => askByDryRun(actor, changeId, plan, account))
}

async function askByDryRun(
  actor: Permitted['actor'],
  changeId: string,
  plan: AwsPlan,
  account: AccountRoles,
): Promise<Tried> {
  const { place, dryRun } = plan
  if (!dryRun) return { dryRun: null, noDryRun: null }
  const noDryRun = await whyNoDryRun(place.region, place.keyArn)
  if (noDryRun !== null) return { dryRun: null, noDryRun }
  const session = { changeId, requesterId: actor.id, statements: plan.sessionPolicy() }
  const dry = makeDryRunWriter(productionContext, account, place, session, (api, answer) =>
    reportBreach({ actor, place, changeId, api, answer }),
  )
  return { dryRun: await dryRun(dry), noDryRun: null }
}

async function requireInScope(
  { scope }: Permitted,
  { accountId, region, keyArn }: Ready['asked'],
): Promise<void> {
  const mayHere = reachesAccount(scope, accountId)
  const key =
    keyArn === null
      ? null
      : await db.key.findUnique({
          where: { arn: keyArn },
          select: { accountId: true, region: true },
        })
  const isKey =
    keyArn === null || (key !== null && key.accountId === accountId && key.region === region)
  if (!mayHere || !isKey)
    throw new AppError(
      'not_found',
      'There is no such key or account among those you may ask for changes of.',
    )
}

function checkTimes(
  { actor }: Permitted,
  { kind, accountId, startsAt }: Ready['asked'],
  end: 'default' | 'optional' | 'never',
  endsAt: Date | null,
  now: Date,
  field: string[],
): void {
  const fail = (name: string, words: string) => {
    throw fieldError([...field, name], words)
  }
  if (end === 'never' && endsAt !== null)
    fail('endsAt', 'This change cannot be undone, so it has no end.')
  if (endsAt !== null && endsAt <= now) fail('endsAt', 'The end has passed already.')
  if (startsAt !== null && endsAt !== null && new Date(startsAt) >= endsAt)
    fail('startsAt', 'It begins after its end.')
  const endless = refuseIndefinite(actor.assigned, { kind, accountId, endsAt })
  if (endless) fail('endsAt', endless)
}

async function requireContinued(permit: Permitted, id: string | null): Promise<void> {
  if (id === null) return
  const visible = await sql.query(
    sql`SELECT 1 FROM "Request" r WHERE r."id" = ${id}::uuid AND ${isVisible(permit)}`,
  )
  if (visible.length === 0)
    throw new AppError('not_found', 'There is no such request to go on from.')
}

function titleOf(asked: Asked, ready: readonly Ready[]): string {
  if (asked.title) return asked.title
  return makeTitle(
    ready.map(({ title, asked: { kind, accountId } }) => ({ title, kind, accountId })),
  )
}

type StoredAt = { requestId: string; position: number; now: Date }

function toStored(
  { asked, input, baseline, preflight, ...one }: Ready,
  { requestId, position, now }: StoredAt,
): Prisma.ChangeCreateManyInput {
  const { kind, accountId, region, keyArn, startsAt } = asked
  return {
    id: one.id,
    requestId,
    position,
    kind,
    accountId,
    region,
    keyArn,
    input: toJson(input),
    startsAt,
    endsAt: one.endsAt,
    title: storableText(one.title.slice(0, 1_000)),
    risk: one.risk,
    exclusive: one.exclusive,
    baseline: toJson(baseline),
    baselineHash: hashOf(toJson(baseline)),
    baselineAt: now,
    preflight: toJson(storedPreflight(preflight)),
  }
}

async function store(
  { actor }: Permitted,
  asked: Asked,
  ready: readonly Ready[],
): Promise<{ id: string }> {
  const title = titleOf(asked, ready)
  return transaction(async (tx) => {
    const now = await readClock(tx)
    const { id } = await tx.request.create({
      data: {
        title: storableText(title.slice(0, 500)),
        requesterId: actor.id,
        requesterName: actor.name,
        justification: asked.justification,
        ticket: asked.ticket,
        template: asked.template,
        continuesId: asked.continuesId,
        createdAt: now,
      },
    })
    await tx.change.createMany({
      data: ready.map((one, index) => toStored(one, { requestId: id, position: index + 1, now })),
    })
    await appendAudit(tx, {
      event: 'request.prepared',
      actor,
      ...commonPlace(asked.changes),
      requestId: id,
      data: {
        changes: ready.map((one) => ({
          changeId: one.id,
          kind: one.asked.kind,
          title: one.title,
          dryRun: one.preflight.dryRun?.would,
        })),
      },
    })
    if (asked.replacesId) await replaceDraft(tx, actor, { id: asked.replacesId, by: id })
    return { id }
  })
}

/** Leaves undefined members out, so that what is stored is what is hashed. */
// JSON.parse gives JSON
const toJson = (value: unknown) => JSON.parse(storableJson(value)) as Prisma.InputJsonValue

const fieldError = (path: readonly string[], words: string) =>
  new AppError('invalid', words, { fields: { [path.join('.')]: [words] } })

function invalid(error: z.ZodError, path: readonly string[]): AppError {
  const fields: Record<string, string[]> = {}
  for (const issue of error.issues)
    (fields[[...path, ...issue.path.map(String)].join('.')] ??= []).push(issue.message)
  return new AppError('invalid', error.issues[0]?.message ?? 'Check the highlighted fields.', {
    fields,
  })
}
