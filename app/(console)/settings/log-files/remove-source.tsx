'use client'

import Box from '@cloudscape-design/components/box'
import { Dialog } from '../dialog'
import { removeSource } from './actions'

type Props = { trailArn: string; name: string; onClose(): void }

/** Asks before a trail is read no more. */
export function RemoveSource({ trailArn, name, onClose }: Props) {
  return (
    <Dialog
      title="Remove trail"
      done={() => `Log files of ${name} are not read any more.`}
      send={() => removeSource({ trailArn })}
      onClose={onClose}
    >
      <Box variant="p">
        Log files of {name} will not be read any more. Events that were read stay. What was found to
        be wrong with its files is forgotten.
      </Box>
    </Dialog>
  )
}
