const loopback = ['localhost', '127.0.0.1']
const own = (names: readonly string[]) => [...loopback, ...names].map((name) => name.toLowerCase())
const hostName = (host: string | undefined) => (host ?? '').toLowerCase().replace(/:\d+$/, '')

/**
 * Whether a Host header is one of ours: loopback or a name we were told, or below one
 * of them (a bucket's). A page whose name was re-bound to this machine sends its own,
 * and would read the answers.
 */
export function makeHostCheck(names: readonly string[]): (host: string | undefined) => boolean {
  const ours = own(names)
  return (host) => {
    const name = hostName(host)
    return name === '[::1]' || ours.some((one) => name === one || name.endsWith(`.${one}`))
  }
}

/**
 * Finds the bucket that a virtual-host style address names, which stands before a name of
 * ours: `logs.localhost`, `logs.s3.eu-west-1.localhost`; null where the path names it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function makeBucketFinder(
  names: readonly string[],
): (host: string | undefined) => string | null {
  const ours = own(names).sort((a, b) => b.length - a.length)
  return (host) => {
    const name = hostName(host)
    if (ours.includes(name)) return null
    const base = ours.find((one) => name.endsWith(`.${one}`))
    if (base === undefined) return null
    const before = name.slice(0, -base.length - 1)
    const bucket = before.replace(/(^|\.)s3([.-][a-z]{2}(-[a-z]+)+-\d)?$/, '')
    return bucket === '' ? null : bucket
  }
}
