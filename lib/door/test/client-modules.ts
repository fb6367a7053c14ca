import type { Plugin } from 'vitest/config'

const named = /^export\s+(?:async\s+)?(?:function|const|class)\s+(\w+)/gm

/**
 * Makes of every module for the browser what React's server build makes of it: names that stand for
 * components, without their code. So a page can be run as the server runs it.
 */
export const clientModules = (): Plugin => ({
  name: 'client-modules',
  enforce: 'pre',
  transform(code) {
    if (!/^\s*(?:\/\/.*\n)*['"]use client['"]/.test(code)) return null
    const names = [...code.matchAll(named)].flatMap(([, name]) => name ?? [])
    const stand = 'Object.assign(() => null, { isClient: true })'
    const lines = names.map((name) => `export const ${name} = ${stand}`)
    return { code: [...lines, `export default ${stand}`].join('\n'), map: null }
  },
})
