import { expect, it } from 'vitest'
import { freshDatabase } from '../../db/test/database'
import { commentOnRequest } from './comment'
import { addPerson, permitFor } from '../test/fixtures'

const { db } = await freshDatabase()

it('a person comments so often and no more, and what is refused tells nobody', async () => {
  const [ann, bob] = [await addPerson('Ann', 'requester'), await addPerson('Bob', 'viewer')]
  const { id: requestId } = await db.request.create({
    data: {
      title: 'r',
      requesterId: ann.id,
      requesterName: 'Ann',
      justification: 'j',
      sentAt: new Date(),
    },
  })
  const comment = (text: string) =>
    commentOnRequest(permitFor(bob, 'requests.read'), { requestId, text })
  const all = []
  for (let i = 0; i < 40; i++)
    all.push(
      await comment(`comment ${i}`).then(
        () => 'said',
        (error: { code?: string }) => error.code,
      ),
    )
  expect(all).toEqual([...Array<string>(30).fill('said'), ...Array<string>(10).fill('too_many')])
  expect(await db.requestComment.count({ where: { requestId } })).toBe(30)
  expect(await db.notification.count({ where: { personId: ann.id } })).toBe(30)
  await commentOnRequest(permitFor(ann, 'requests.read'), { requestId, text: 'mine' })
})
