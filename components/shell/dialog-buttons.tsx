import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'

type Props = {
  /** What the first button does; the other takes it back. */
  label: string
  back?: 'Cancel' | 'Go back'
  isBusy: boolean
  busyText?: string
  isDisabled?: boolean
  onConfirm(): void
  onBack(): void
}

/** The foot of a dialog: leave it, or do what it asks about. */
export function DialogButtons({
  label,
  back = 'Cancel',
  isBusy,
  busyText,
  isDisabled = false,
  onConfirm,
  onBack,
}: Props) {
  return (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={onBack}>
          {back}
        </Button>
        <Button
          variant="primary"
          loading={isBusy}
          loadingText={busyText}
          disabled={isDisabled}
          onClick={onConfirm}
        >
          {label}
        </Button>
      </SpaceBetween>
    </Box>
  )
}
