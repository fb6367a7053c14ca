import { accountPattern } from '../../kms/arn'
import type { PolicyType } from '../document'

type Format = 'text' | 'json' | 'sarif'
export interface Options {
  type: PolicyType
  format: Format
  /** Of the key. */
  account?: string
  files: string[]
}

const types = ['key', 'identity', 'scp', 'rcp', 'boundary'] as const
const formats = ['text', 'json', 'sarif'] as const

/**
 * `--type scp`, `--type=scp`, `--account 111122223333`, files and `-`. A string says what is wrong.
 */
export function parseArguments(words: readonly string[]): Options | string {
  const options: Options = { type: 'key', format: 'text', files: [] }
  const left = [...words]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      options.files.push(...left)
      break
    }
    if (!word.startsWith('--')) {
      if (word.startsWith('-') && word !== '-') return `there is no option ${word}`
      options.files.push(word)
      continue
    }
    const [name = '', inline] = word.split('=', 2)
    if (name !== '--type' && name !== '--format' && name !== '--account')
      return `there is no option ${name}`
    const value = inline ?? left.shift()
    if (name === '--account') {
      if (value === undefined || !accountPattern.test(value))
        return "--account must be the 12 digits of the key's account"
      options.account = value
      continue
    }
    const type = types.find((known) => known === value)
    const format = formats.find((known) => known === value)
    if (name === '--type' && type) options.type = type
    else if (name === '--format' && format) options.format = format
    else return `${name} must be one of ${(name === '--type' ? types : formats).join(', ')}`
  }
  return options.files.length > 0 ? options : 'no file given'
}
