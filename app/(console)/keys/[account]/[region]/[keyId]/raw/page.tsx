import { readRaw } from '@/lib/inventory/key-parts'
import { keyTab } from '../key-page'
import { RawView } from './raw-view'

export default keyTab('raw', 'keys.read', async (permit, key) => (
  <RawView raw={await readRaw(permit, key)} />
))
