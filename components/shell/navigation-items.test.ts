import { describe, expect, it } from 'vitest'
import { activeHrefOf, navigationFor } from './navigation-items'
import { permissionNames } from '@/lib/auth/permissions'
import { bodyClassOf, densities, formatAppearance, modes, parseAppearance } from './appearance'

describe('the side navigation', () => {
  it('offers what is held and nothing else', () => {
    expect(navigationFor(new Set())).toEqual([])
    expect(JSON.stringify(navigationFor(new Set(['keys.read'])))).not.toContain('/settings')
    expect(JSON.stringify(navigationFor(new Set(permissionNames)))).toContain('/settings')
  })
  it('marks the page whose address begins the path, whole parts only', () => {
    expect(activeHrefOf('/')).toBe('/')
    expect(activeHrefOf('/keys/1/eu-west-1/x')).toBe('/keys')
    expect(activeHrefOf('/keystores')).toBe('')
    expect(activeHrefOf('/settings/me')).toBe('/settings')
  })
})

describe('appearance', () => {
  it('survives its cookie, and anything else in it is the standard', () => {
    for (const mode of modes)
      for (const density of densities)
        expect(parseAppearance(formatAppearance({ mode, density }))).toEqual({ mode, density })
    for (const text of [undefined, '', 'x', 'dark', 'dark.x', '"><script>'])
      expect(bodyClassOf(parseAppearance(text))).toMatch(/^(awsui-dark-mode)?$/)
  })
})
