import { BlockList, isIP } from 'node:net'

/**
 * What is no place on the public Internet, after the special-purpose registries of IANA: this
 * network, private, shared (CGNAT), loopback, link-local (with the metadata addresses of clouds),
 * protocol assignments, documentation, 6to4 relays, benchmarks, multicast, reserved and broadcast;
 * and Azure's metadata address, which looks public.
 */
const special4 = blockListOf('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
])
/**
 * Of IPv6 only global unicast is public. Everything else falls by not being in it: ::1, IPv4-mapped
 * and -compatible, NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), fc00::/7 with AWS's fd00:ec2::254,
 * fe80::/10, fec0::/10, ff00::/8.
 */
const global6 = blockListOf('ipv6', ['2000::/3'])
/**
 * Inside it: Teredo, ORCHID and other protocol assignments, documentation, 6to4
 * (which carries an IPv4 address).
 */
const special6 = blockListOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])

function blockListOf(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/')
    list.addSubnet(address, Number(prefix), family)
  }
  return list
}

/**
 * Whether an IP address, in any spelling, is one anybody on the Internet could reach. What
 * is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  // a zone (fe80::1%eth0) only makes sense on a link
  const family = address.includes('%') ? 0 : isIP(address)
  if (family === 4) return !special4.check(address, 'ipv4')
  if (family === 6) return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
  return false
}
