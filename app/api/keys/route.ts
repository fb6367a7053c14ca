import { tableRoute } from '@/lib/door/table'
import { keysSource } from '@/lib/inventory/table/keys-source'

/** The table of keys, as its page shows it or as a download. */
export const GET = tableRoute('keys.read', keysSource, {
  madeOf: {
    tables: ['Account', 'AccountRegion', 'Coverage', 'Key', 'LastRead', 'Sweep'],
    atMostSeconds: 60,
  },
})
