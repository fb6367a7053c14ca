/** The names of the changes of this installation, which no form of a key asks for. Pure. */

export const houseKinds = ['rules-update', 'role-give'] as const
export type HouseKindName = (typeof houseKinds)[number]

export const isHouseKind = (name: string): name is HouseKindName =>
  houseKinds.some((one) => one === name)
