import { expect, it, vi } from 'vitest'

// zod itself tries `new Function` to be faster, which browsers report as a breach of
// our CSP; zod/mini does not.

it('a form in the browser checks a grant without making code of text, which the CSP forbids', async () => {
  const made = vi.fn()
  vi.stubGlobal(
    'Function',
    new Proxy(Function, {
      construct: (target, args, self) => {
        made(...args)
        return Reflect.construct(target, args, self)
      },
    }),
  )
  const { grantInput } = await import('../shared/grant-input')
  const { grantTemplates } = await import('../../request/templates')
  const input = grantTemplates
    .find(({ id }) => id === 'autoscaling')
    ?.build({ account: '444455556666' }, { partition: 'aws' })
  expect(grantInput.safeParse(input)).toMatchObject({ success: true })
  expect(grantInput.safeParse({}).error?.issues).not.toEqual([])
  vi.unstubAllGlobals()
  expect(made).not.toHaveBeenCalled()
})
