import { expect, it } from 'vitest'
import { nameChanges } from './name-changes'

const changes = Array.from({ length: 60 }, (_, index) => ({
  position: index + 1,
  title: `Disable key ${index + 1}`,
}))

it('names a few changes by their titles, and many by their places', () => {
  expect(nameChanges(changes, [2, 5])).toBe('Disable key 2, Disable key 5')
  expect(nameChanges(changes, [1, 2, 3, 4, 7, 9, 10])).toBe('Changes 1–4, 7, 9–10')
  expect(
    nameChanges(
      changes,
      changes.map(({ position }) => position),
    ),
  ).toBe('All 60 changes')
})
