import type { World } from '../world'

export function settle(_world: World, _now: number): void {}
