import type { Call } from '../call'
import { awsPace } from '../record/pace'
import { fillHistory } from '../scenario/history'
import type { Bucket, Delivery, Trail, World } from '../world'
import { findDeliveryError } from './delivery-error'
import { findFirstDigest, writeDigests } from './digest'
import { fileEvents, lines, takes } from './log-files'
import { listSources, type Route } from './sources'

/**
 * Delivers what trails owe a bucket by now under a prefix, or at a key. Done when somebody looks,
 * and then with the names and times that it would have had: nobody can tell the difference, and
 * nothing is signed for nobody.
 *
 * Returns the folders that a listing folds away at its delimiter: they are there, and what is in
 * them is written when it is looked at.
 */
export function deliverInto(call: Call, bucket: Bucket, prefix: string, delimiter = ''): string[] {
  const { world, now } = call
  const folded: string[] = []
  for (const trail of listTrailsInto(world, bucket.name)) {
    if (findDeliveryError(world, trail) !== null) continue
    for (const source of listSources(world, trail)) {
      const route = { trail, bucket, source }
      const isFolded = (folder: string) =>
        delimiter !== '' && folder.indexOf(delimiter, prefix.length) >= 0
      const logs = meets(source.logs, prefix)
      const digests = meets(source.digests, prefix)
      if (!logs && !digests) continue
      fillHistory(world, source.accountId, source.region)
      if (isFolded(source.logs)) folded.push(...listFolders(route, now, { logs, digests }))
      else deliverSource(world, route, now, digests)
    }
  }
  return folded
}

const meets = (folder: string, prefix: string) =>
  folder.startsWith(prefix) || prefix.startsWith(folder)

function listTrailsInto(world: World, bucket: string): Trail[] {
  return [...world.accounts.values()]
    .flatMap((account) => [...account.regions.values()])
    .flatMap((region) => region.trails)
    .filter((trail) => trail.s3BucketName === bucket)
}

function listFolders(
  route: Route,
  now: number,
  { logs, digests }: { logs: boolean; digests: boolean },
): string[] {
  const { source, trail } = route
  const isUsed = source.state.events.some((event) => takes(trail, event))
  return [
    ...(logs && isUsed ? [source.logs] : []),
    ...(digests && findFirstDigest(route) <= now ? [source.digests] : []),
  ]
}

function deliverSource(world: World, route: Route, now: number, digests: boolean): void {
  const { trail, source } = route
  if (source.state.events.length === 0) return
  const pace = world.trailPace ?? awsPace
  const delivery = findDelivery(route)
  fileEvents(route, delivery, now, pace.deliverEveryMs)
  if (digests && trail.validatesSince !== null) writeDigests(world, route, delivery, now)
}

function findDelivery({ trail, source }: Route): Delivery {
  const name = `${source.accountId}/${source.region}`
  const known = trail.deliveries.get(name)
  if (known) return known
  const made: Delivery = {
    filedUntil: lines.map(() => 0),
    digestedUntil: null,
    undigested: [],
    previous: null,
  }
  trail.deliveries.set(name, made)
  return made
}
