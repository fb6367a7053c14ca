'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { useFlash } from '@/components/shell/flash'
import type { Failure } from '@/lib/result'
import type { UploadedFile } from '@/lib/trail/upload'
import { endImport, startImport } from './actions'

/** What became of one file. */
export type Sent = { name: string } & ({ taken: UploadedFile } | { refused: string })
export type Progress = { bytes: number; totalBytes: number; file: string; sent: readonly Sent[] }

type Answer = UploadedFile | { error: Failure }

const longestName = 1_000

/** Sends files one after another, each in a request of its own, and says how far it is. */
export function useUpload() {
  const [progress, setProgress] = useState<Progress | null>(null)
  const [isRunning, setRunning] = useState(false)
  const request = useRef<XMLHttpRequest | null>(null)
  const isStopped = useRef(false)
  const flash = useFlash()
  const router = useRouter()

  const sendAll = async (importId: number, files: readonly File[]) => {
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0)
    const sent: Sent[] = []
    let before = 0
    for (const file of files) {
      if (isStopped.current) break
      const show = (bytes: number) =>
        setProgress({ bytes: before + bytes, totalBytes, file: file.name, sent: [...sent] })
      show(0)
      sent.push(await sendFile(importId, file, show, request))
      before += file.size
      show(0)
    }
  }

  const upload = async (files: readonly File[]) => {
    isStopped.current = false
    setRunning(true)
    try {
      const names = files.map(({ name }) => name)
      const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
      const started = await startImport({ what: names.slice(0, 3).join(', ') + more })
      if (!started.ok) return flash.failure(started.error)
      const { importId } = started.data
      await sendAll(importId, files)
      const ended = await endImport({ importId })
      if (!ended.ok) flash.failure(ended.error)
    } finally {
      setRunning(false)
      router.refresh()
    }
  }

  const stop = () => {
    isStopped.current = true
    request.current?.abort()
  }
  return { progress, isRunning, upload, stop }
}

/** With XMLHttpRequest: fetch does not say how much of a body has left. */
function sendFile(
  importId: number,
  file: File,
  show: (bytes: number) => void,
  current: { current: XMLHttpRequest | null },
): Promise<Sent> {
  const { name } = file
  const address = `/api/trail/imports/${importId}/file?name=${encodeURIComponent(name.slice(0, longestName))}`
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    current.current = request
    request.upload.onprogress = ({ loaded }) => show(loaded)
    request.onload = () => resolve({ name, ...readAnswer(request) })
    request.onerror = () => resolve({ name, refused: 'could not be sent: the connection broke' })
    request.onabort = () => resolve({ name, refused: 'was stopped' })
    request.open('POST', address)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(file)
  })
}

function readAnswer({ status, responseText }: XMLHttpRequest) {
  if (status === 413)
    return { refused: 'is larger than 256 MB: split it, or import it on the host' }
  try {
    const answer: Answer = JSON.parse(responseText)
    return 'error' in answer ? { refused: answer.error.message } : { taken: answer }
  } catch {
    return { refused: `was not taken: the answer was ${status}` }
  }
}
