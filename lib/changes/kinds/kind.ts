/** What a kind of change must say of itself. Types only: each kind stands in a folder beside. */
import type { KMSClient } from '@aws-sdk/client-kms'
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import type { z } from 'zod'
import type { AskedCall } from '../../access/judge-call'
import type { FeatureId, RoleStatement } from '../../accounts/write-role'
import type { KeyRow } from '../../inventory/key-detail'
import type { Risk } from '../rules/rule'
import type { KindTraits } from './traits'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }
export type Facts = { readonly [name: string]: Json | undefined }

/** Where a change happens. `keyArn` null: it is about no key that exists (a new key, a quota). */
export type Place = { accountId: string; region: string; partition: string; keyArn: string | null }

/** A change as its kind sees it. */
export type About<I> = {
  /**
   * Uuid: the Name of a grant, the value of the tag claviger:change, the name of the role session.
   */
  changeId: string
  place: Place
  input: I
  endsAt: string | null
  /**
   * As the inventory knows it; null when it does not, or for no key. Never what a decision
   * about AWS stands on: `read` is.
   */
  key: KeyRow | null
}

/**
 * Reading AWS with the account's read role. Within the budget, tried again while
 * throttled. Throws AwsProblem.
 */
export type AwsReader = {
  kms<T>(api: `kms:${string}`, send: (client: KMSClient) => Promise<T>, region?: string): Promise<T>
  quotas<T>(
    api: `servicequotas:${string}`,
    send: (client: ServiceQuotasClient) => Promise<T>,
  ): Promise<T>
}

/**
 * One mutating call with the write role, under the change's session policy. It is written down
 * (audit, number of sends) in a committed transaction before it leaves; it is never repeated here.
 * `recheck` runs after that and right before the call: what it throws keeps the call from leaving.
 * Throws AwsProblem; Drifted from a recheck.
 */
export type AwsWriter = {
  kms<T>(
    api: `kms:${string}`,
    send: (client: KMSClient) => Promise<T>,
    options?: { region?: string; recheck?: () => Promise<void> },
  ): Promise<T>
  quotas<T>(
    api: `servicequotas:${string}`,
    send: (client: ServiceQuotasClient) => Promise<T>,
  ): Promise<T>
}

/**
 * A mutating call of a change, with what is known of its request before it is
 * made. `atEnd`: of undoing it.
 */
export type AwsCall = AskedCall & { atEnd?: true }

/**
 * What a DryRun said. It always throws: DryRunOperationException is the yes
 * (lib/kms/README.md, "DryRun").
 */
export type DryRun = {
  would: 'succeed' | 'fail' | 'unknown'
  api: string
  code: string
  words: string
}

/** Sends `send` with the write role and DryRun; the caller must have set DryRun: true. */
export type DryRunWriter = {
  kms(api: `kms:${string}`, send: (client: KMSClient) => Promise<unknown>): Promise<DryRun>
}

/** Something is not as it was when this was approved; the words say what. */
export class Drifted extends Error {
  override readonly name = 'Drifted'
}

/** What the state of AWS means for a change that is to be done, or undone. */
export type Observation =
  /** It is so. `already`: before anything of ours was sent. */
  | { is: 'done'; outcome?: Facts; already?: boolean }
  /** It is as it was approved: go. */
  | { is: 'ready' }
  /** AWS is on its way, or a call of ours may still arrive: look again after so many seconds. */
  | { is: 'wait'; seconds: number; words: string }
  /** Neither: stop, nothing is overwritten. */
  | { is: 'drifted'; words: string }

export type AssessFacts<I, S> = {
  about: About<I>
  baseline: S
  state: S
  /**
   * Mutating calls that may have reached AWS so far, and when the last of them left
   * (ISO; the database's clock).
   */
  sends: number
  lastSentAt: string | null
  /** The database's clock now, ISO. */
  now: string
}

/**
 * Statements of one `Sid` are one in the role: its kinds of change then have the same condition.
 */
export type RolePart = { feature: FeatureId; statements: readonly RoleStatement[] }

export type Statement = {
  Effect: 'Allow'
  Action: readonly string[]
  Resource: readonly string[] | '*'
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** What a person must know before saying yes. */
export type Impact = {
  /** Each one line: what will be so. */
  effects: readonly string[]
  /** What could go wrong, or is easily overlooked. */
  warnings: readonly string[]
  /** Texts before and after, where the change is one of text. */
  diff?: { language: 'json' | 'text'; before: string; after: string }
}

export type Undo<I, S, U> = {
  /**
   * Reads what undoing must know: the outcome of doing it is given, and how many calls to undo it
   * may have reached AWS. Where one more such call harms nobody, the first needs no look before it.
   */
  read(read: AwsReader, about: About<I>, outcome: Facts, sends: number): Promise<U>
  /** Pure. */
  assess(facts: Omit<AssessFacts<I, U>, 'baseline'> & { baseline: S; outcome: Facts }): Observation
  act(
    write: AwsWriter,
    about: About<I>,
    facts: { baseline: S; outcome: Facts; state: U; read: AwsReader },
  ): Promise<Facts>
  /** One line: what happens at the end. */
  words(about: About<I>): string
  /** After the answer, `read` and `assess` must say done before it counts as undone. */
  confirm: boolean
}

/**
 * A change of AWS. `I` its input as the schema parses it, `S` the part of AWS's state it stands on:
 * JSON, hashed as the baseline.
 */
export type AwsKind<I extends Facts, S extends Facts, U extends Facts> = {
  where: 'aws'
  traits: KindTraits
  input: z.ZodType<I>
  /**
   * What the write role needs for it, for the role to deploy; the session policy of one change is
   * cut from it.
   */
  role: RolePart
  sessionPolicy(about: About<I>): readonly Statement[]
  /**
   * The calls that doing it takes, and undoing where they are known beforehand: what the write role
   * must be allowed. Empty where the evaluator knows nothing of the service.
   */
  calls(about: About<I>): readonly AwsCall[]
  /**
   * The state the change stands on. Throws AwsProblem. Keep it to what matters: everything in it,
   * changed, invalidates the approval. `sent`: what may have reached AWS by now, where finding that costs
   * more than reading the state; absent while it is asked for.
   */
  read(
    read: AwsReader,
    about: About<I>,
    sent?: { sends: number; lastSentAt: string | null },
  ): Promise<S>
  state: z.ZodType<S>
  /** Why it cannot be asked for as things are; null: it can. Pure. */
  refuse(state: S, about: About<I>): string | null
  risk(state: S, about: About<I>): { risk: Risk; reasons: readonly string[] }
  /** One line, imperative, for lists: "Grant Decrypt to payments-api in 111122223333". Pure. */
  title(about: About<I>): string
  impact(state: S, about: About<I>): Impact
  dryRun?(dry: DryRunWriter, about: About<I>): Promise<DryRun>
  /** Pure. Called before every mutating call and after every lost answer. */
  assess(facts: AssessFacts<I, S>): Observation
  act(
    write: AwsWriter,
    about: About<I>,
    facts: { baseline: S; state: S; read: AwsReader },
  ): Promise<Facts>
  undo?: Undo<I, S, U>
  /**
   * Seconds to wait after an answer was lost before looking whether the call arrived, where doing
   * it twice would harm (lib/changes/README.md, "Effect once"); 0 where a second call changes
   * nothing.
   */
  settleSeconds: number
  /** After the answer, `read` and `assess` must say done before it counts as done. */
  confirm?: boolean
}
