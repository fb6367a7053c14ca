const hidden = '***'

/**
 * The address of a database without its password, for a terminal that others may see or that is
 * pasted into a ticket. The password stands in run.json, which only its owner can read.
 * @param {string} address
 */
export function maskPassword(address) {
  if (!URL.canParse(address)) return '(an address that is no URL)'
  const url = new URL(address)
  if (url.password) url.password = hidden
  for (const name of ['password', 'sslpassword'])
    if (url.searchParams.has(name)) url.searchParams.set(name, hidden)
  return url.href
}
