import { isHouseKind } from '../kinds/house'

type Part = {
  kind: string
  input: unknown
  startsAt: unknown
  endsAt: unknown
  keyArn: string | null
}

/**
 * Tells whether one form can hold all of these: the same change, at the same times, of several
 * keys. Takes what the database gave, whose members stand in one order. Pure.
 */
export function isSameForm([first, ...more]: readonly Part[]): boolean {
  const same = ({ kind, input, startsAt, endsAt }: Part) =>
    JSON.stringify([kind, input, startsAt, endsAt])
  return (
    first !== undefined &&
    !isHouseKind(first.kind) &&
    more.every((change) => change.keyArn !== null && same(change) === same(first))
  )
}
