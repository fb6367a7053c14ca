'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { toDayTime } from '@/components/request/to-asked'
import type { Form } from '@/components/request/values'

type Stored = { form: Form; previewed: boolean }
/**
 * What stood in the tab's memory when the page came: nothing, what was being typed, or
 * what was previewed already.
 */
type Found = 'nothing' | 'typed' | 'previewed'

const read = (name: string): Stored | null => {
  try {
    const stored: unknown = JSON.parse(window.sessionStorage.getItem(name) ?? 'null')
    return isStored(stored) ? stored : null
  } catch {
    return null // no storage here, or not ours: the form begins as the address says
  }
}

function isStored(value: unknown): value is Stored {
  return (
    typeof value === 'object' &&
    value !== null &&
    'form' in value &&
    'previewed' in value &&
    'shape' in value &&
    value.shape === shape
  )
}
/** Raised when a form has other members: what an older page stored is then left alone. */
const shape = 2

const write = (name: string, stored: Stored | null) => {
  try {
    if (stored) window.sessionStorage.setItem(name, JSON.stringify({ ...stored, shape }))
    else window.sessionStorage.removeItem(name)
  } catch {
    // A full or forbidden storage loses only what a reload would bring back.
  }
}

type Times = { startsAt: string | null; endsAt: string | null }

/** Here and not on the server, which does not know the reader's zone. */
const addTimes = (form: Form, { startsAt, endsAt }: Times): Form => ({
  ...form,
  startsAt: startsAt === null ? form.startsAt : toDayTime(startsAt),
  end: endsAt === null ? form.end : { ...form.end, is: 'at', at: toDayTime(endsAt) },
})

/** The form, kept in the tab by the page's address, so that a reload loses nothing. */
export function useStoredForm(begunWithoutTimes: Form, times: Times | null) {
  const [begun, setBegun] = useState(begunWithoutTimes)
  const [form, setForm] = useState(begun)
  const [found, setFound] = useState<Found>('nothing')
  const name = useRef('')
  useEffect(() => {
    name.current = `claviger:request:${window.location.search}`
    const stored = read(name.current)
    if (!stored && times) {
      const withTimes = addTimes(begunWithoutTimes, times)
      setBegun(withTimes)
      setForm(withTimes)
    }
    if (!stored) return
    setFound(stored.previewed ? 'previewed' : 'typed')
    if (!stored.previewed) setForm(stored.form)
    // The draft that was edited is gone by then: the newest is what the next
    // preview takes the place of.
    else if (begun.replacesId !== null)
      setForm((now) => ({ ...now, replacesId: stored.form.replacesId }))
    // Once, when the page comes: what the address said then is where it begins.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  const keep = useCallback((next: Form) => {
    setForm(next)
    write(name.current, { form: next, previewed: false })
  }, [])
  const startAnew = () => {
    write(name.current, null)
    setForm(begun)
    setFound('nothing')
  }
  const bringBack = () => {
    const stored = read(name.current)
    if (stored) keep(stored.form)
    setFound('nothing')
  }
  const markPreviewed = (sent: Form) => write(name.current, { form: sent, previewed: true })
  return { form, keep, found, startAnew, bringBack, markPreviewed }
}
