'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useState } from 'react'
import { useUpload, type Progress, type Sent } from './use-upload'

const mostBytes = 268_435_456
const number = (count: number) => count.toLocaleString('en')
const isLogFile = ({ name }: File) => /\.json(?:\.gz)?$/i.test(name)

function problemOf(file: File): string | null {
  if (!isLogFile(file)) return 'This is not .json or .json.gz'
  return file.size > mostBytes ? 'This is larger than 256 MB' : null
}

/** Chooses files, sends them, and says what became of each. */
export function UploadForm() {
  const [files, setFiles] = useState<readonly File[]>([])
  const { progress, isRunning, upload, stop } = useUpload()
  const errors = files.map(problemOf)
  const isReady = files.length > 0 && errors.every((one) => one === null)
  const send = async () => {
    await upload(files)
    setFiles([])
  }
  return (
    <Container>
      <SpaceBetween size="m">
        <FormField
          label="CloudTrail log files"
          description="As CloudTrail writes them into its bucket"
        >
          <FileUpload
            multiple
            accept=".json,.gz,application/gzip,application/json"
            value={[...files]}
            onChange={({ detail }) => setFiles(detail.value)}
            fileErrors={errors}
            showFileSize
            tokenLimit={5}
            constraintText=".json and .json.gz, each up to 256 MB"
            i18nStrings={{
              uploadButtonText: (multiple) => (multiple ? 'Choose files' : 'Choose file'),
              dropzoneText: (multiple) => (multiple ? 'Drop files here' : 'Drop a file here'),
              removeFileAriaLabel: (index) => `Remove file ${index + 1}`,
              limitShowFewer: 'Show fewer files',
              limitShowMore: 'Show more files',
              errorIconAriaLabel: 'Error',
            }}
          />
        </FormField>
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" disabled={!isReady} loading={isRunning} onClick={send}>
            Import
          </Button>
          {isRunning && <Button onClick={stop}>Stop</Button>}
        </SpaceBetween>
        {progress && <Sending progress={progress} isRunning={isRunning} />}
      </SpaceBetween>
    </Container>
  )
}

function Sending({ progress, isRunning }: { progress: Progress; isRunning: boolean }) {
  const { bytes, totalBytes, file, sent } = progress
  return (
    <SpaceBetween size="s">
      <ProgressBar
        label={isRunning ? 'Importing' : 'Imported'}
        value={isRunning ? Math.round((100 * bytes) / Math.max(1, totalBytes)) : 100}
        status={isRunning ? 'in-progress' : 'success'}
        additionalInfo={isRunning ? file : undefined}
        resultText={`${number(sent.length)} files`}
      />
      <div role="status">
        {sent.map((one, index) => (
          <Became key={index} sent={one} />
        ))}
      </div>
    </SpaceBetween>
  )
}

function Became({ sent }: { sent: Sent }) {
  if ('refused' in sent)
    return (
      <StatusIndicator type="error">
        {sent.name}: {sent.refused}
      </StatusIndicator>
    )
  const { records, stored, setAside, tooOld, problem } = sent.taken
  const words = [
    `${number(records)} records`,
    `${number(stored)} new events of KMS`,
    setAside > 0 && `${number(setAside)} set aside`,
    tooOld > 0 && `${number(tooOld)} uses too old to be kept`,
  ]
  return (
    <Box>
      <StatusIndicator type={problem === null ? 'success' : 'warning'}>
        {sent.name}: {words.filter(Boolean).join(', ')}
        {problem !== null && `. It ${problem}.`}
      </StatusIndicator>
    </Box>
  )
}
