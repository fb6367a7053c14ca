'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Input, { type InputProps } from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useId, useState } from 'react'
import { readJson } from '@/components/shell/read-json'
import type { Found } from '@/lib/inventory/search'
import { hitGroups, type HitGroup } from './hits'

const debounceMs = 60

/** After the kit's dialog has focused its close button, which is the first thing in it. */
const focusLater = (field: InputProps.Ref | null) => {
  if (field) requestAnimationFrame(() => setTimeout(() => field.focus()))
}

/** What is found for a text once nobody typed for a moment. */
function useSearch(text: string) {
  const wanted = useSettled(text)
  const found = useQuery({
    queryKey: ['search', wanted],
    enabled: wanted !== '',
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readJson<Found>(`/api/search?q=${encodeURIComponent(wanted)}`, signal),
  })
  const groups = wanted && found.data && !found.error ? hitGroups(found.data) : []
  const hits = groups.flatMap((group) => group.hits)
  return { wanted, found, groups, hits }
}

/**
 * Type, move with the arrows, Enter goes there. A request for text that was typed over is
 * cancelled.
 */
export function SearchPalette({ onClose }: { onClose(): void }) {
  const router = useRouter()
  const listId = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const { wanted, found, groups, hits } = useSearch(text.trim())
  const active = hits[Math.min(at, hits.length - 1)]
  const idOf = (hit: string) => `${listId}-${hit}`

  function go(href: string) {
    onClose()
    router.push(href)
  }
  function onKey(key: string): boolean {
    if (key === 'Enter' && active && wanted === text.trim()) go(active.href)
    else if (key === 'ArrowDown') setAt(Math.min(at + 1, hits.length - 1))
    else if (key === 'ArrowUp') setAt(Math.max(at - 1, 0))
    else return false
    return true
  }
  return (
    <Modal visible onDismiss={onClose} header="Search" size="large" closeAriaLabel="Close search">
      <SearchField
        text={text}
        listId={listId}
        isOpen={hits.length > 0}
        activeId={active && idOf(active.id)}
        onType={(typed) => {
          setText(typed)
          setAt(0)
        }}
        onKey={onKey}
      />
      <div
        className="claviger-search-results"
        role="region"
        aria-label="Results"
        tabIndex={0}
        aria-busy={found.isFetching}
      >
        {found.error && wanted ? (
          <Alert type="error" header="Search failed">
            {found.error.message}
          </Alert>
        ) : (
          <Results id={listId} groups={groups} activeId={active?.id} idOf={idOf} onGo={go} />
        )}
        <Status
          wanted={wanted}
          isFetching={found.isFetching}
          hasFailed={found.error !== null}
          count={hits.length}
          cut={groups.filter(({ isCut }) => isCut).map(({ title }) => title.toLowerCase())}
        />
      </div>
    </Modal>
  )
}

type FieldProps = {
  text: string
  listId: string
  isOpen: boolean
  /** Of the hit that Enter goes to. */
  activeId: string | undefined
  onType(text: string): void
  /** Whether the key was one of the palette's own. */
  onKey(key: string): boolean
}

function SearchField({ text, listId, isOpen, activeId, onType, onKey }: FieldProps) {
  return (
    <Input
      ref={focusLater}
      type="search"
      value={text}
      autoComplete={false}
      clearAriaLabel="Clear"
      ariaLabel="Search keys, accounts, principals, grants and resources"
      placeholder="Key ID, ARN, alias, tag, description, account, principal, grant, resource"
      onChange={({ detail }) => onType(detail.value)}
      onKeyDown={(event) => {
        if (onKey(event.detail.key)) event.preventDefault()
      }}
      nativeInputAttributes={{
        role: 'combobox',
        'aria-expanded': isOpen,
        'aria-controls': listId,
        'aria-autocomplete': 'list',
        'aria-activedescendant': activeId,
      }}
    />
  )
}

type ResultsProps = {
  id: string
  groups: readonly HitGroup[]
  activeId: string | undefined
  idOf(id: string): string
  onGo(href: string): void
}

function Results({ id, groups, activeId, idOf, onGo }: ResultsProps) {
  useEffect(() => {
    if (activeId) document.getElementById(idOf(activeId))?.scrollIntoView({ block: 'nearest' })
  })
  return (
    <div id={id} role="listbox" aria-label="Found">
      {groups.map((group) => (
        <div key={group.title} role="group" aria-label={group.title}>
          {/* A list of options may hold no heading; the group is named above. */}
          <div aria-hidden="true">
            <Box
              fontWeight="bold"
              fontSize="body-s"
              color="text-body-secondary"
              padding={{ top: 's', bottom: 'xxs' }}
            >
              {group.isCut ? `${group.title}, the first ${group.hits.length}` : group.title}
            </Box>
          </div>
          {group.hits.map((hit) => (
            <a
              key={hit.id}
              id={idOf(hit.id)}
              href={hit.href}
              role="option"
              aria-selected={hit.id === activeId}
              tabIndex={-1}
              className="claviger-hit"
              title={hit.id}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return
                event.preventDefault()
                onGo(hit.href)
              }}
            >
              <span>
                {hit.title}
                {hit.note && <em>{hit.note}</em>}
              </span>
              <small>{hit.detail}</small>
            </a>
          ))}
        </div>
      ))}
    </div>
  )
}

function Status({
  wanted,
  isFetching,
  hasFailed,
  count,
  cut,
}: {
  wanted: string
  isFetching: boolean
  hasFailed: boolean
  count: number
  /** Of which there are more than are shown. */
  cut: readonly string[]
}) {
  const words =
    wanted === ''
      ? 'All words must match. What begins with the text comes first.'
      : hasFailed
        ? ''
        : count > 0
          ? sayShown(count, cut)
          : isFetching
            ? 'Searching'
            : 'No results in your accounts.'
  const isShort = wanted !== '' && wanted.split(/\s+/u).every(({ length }) => length < 3)
  return (
    <div role="status" className="claviger-search-status">
      {words}
      {isShort &&
        !isFetching &&
        !hasFailed &&
        ' So short a text is only looked for where names of principals and grants begin.'}
    </div>
  )
}

/** A list that is cut says so: what is looked for might be behind its end. */
const sayShown = (count: number, cut: readonly string[]) =>
  cut.length === 0
    ? `${count} shown`
    : `The first ${count} are shown. There are more ${cut.join(' and ')}: add a word to narrow it.`

/** The text once nobody typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), debounceMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
