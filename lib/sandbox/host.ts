const loopback = ['localhost', '127.0.0.1']

/**
 * Whether a Host header is one of ours: loopback or a name we were told, or below one
 * of them (a bucket's). A page whose name was re-bound to this machine sends its own,
 * and would read the answers.
 */
export function makeHostCheck(names: readonly string[]): (host: string | undefined) => boolean {
  const own = [...loopback, ...names].map((name) => name.toLowerCase())
  return (host) => {
    const name = (host ?? '').toLowerCase().replace(/:\d+$/, '')
    return name === '[::1]' || own.some((one) => name === one || name.endsWith(`.${one}`))
  }
}
