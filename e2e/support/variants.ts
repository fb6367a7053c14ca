/** Headers that have opened doors elsewhere: Next's own between its parts, and those of proxies. */
export const headerVariants: Record<string, string>[] = [
  {},
  { rsc: '1' },
  { rsc: '1', 'next-router-prefetch': '1' },
  { rsc: '1', 'next-router-segment-prefetch': '/_tree' },
  { 'x-nextjs-data': '1' },
  {
    rsc: '1',
    'next-router-state-tree': encodeURIComponent(
      '["",{"children":["(console)",{"children":["__PAGE__",{}]}]},null,null,true]',
    ),
  },
  { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
  { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
  { 'x-middleware-subrequest': 'src/proxy:src/proxy:src/proxy:src/proxy:src/proxy' },
  { 'x-middleware-next': '1', 'x-middleware-rewrite': '/settings' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  { 'x-original-url': '/sign-in', 'x-rewrite-url': '/sign-in' },
  { 'x-invoke-path': '/settings', 'x-matched-path': '/settings', 'x-now-route-matches': '1=x' },
  { 'x-claviger-path': '//evil.example' },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJwZXJzb24iOiJhZG1pbiJ9.' },
  { 'x-prerender-revalidate': 'x', purpose: 'prefetch' },
]

/** Other ways to write a path of ours. */
export function spellingsOf(path: string): string[] {
  const coded = path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
  return [
    ...new Set([
      `${path}?_rsc=1x2y3`,
      `${path}/`,
      `/${path}`,
      coded,
      `/.${path}`,
      `/x/..${path}`,
      `/x/%2e%2e${path}`,
      `${path}.rsc`,
      `${path}.json`,
      `${path}.txt`,
      `${path};x=1`,
      `${path}%00`,
      `${path}/index`,
      `${path}.segments/_tree.segment.rsc`,
      `/_next/data/build${path === '/' ? '/index' : path}.json`,
      path.toUpperCase(),
      `${path}?__nextDataReq=1`,
      `${path}?nxtPaccount=1`,
      `${path}\\`,
    ]),
  ]
}
