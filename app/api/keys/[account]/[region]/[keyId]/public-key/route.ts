import { z } from 'zod'
import { route } from '@/lib/door/route'
import { getPublicKey } from '@/lib/inventory/public-key'

const input = z.object({
  account: z.string(),
  region: z.string(),
  keyId: z.string(),
  format: z.enum(['json', 'pem', 'der']).default('json'),
})

export const GET = route('keys.read', input, async (permit, { account, region, keyId, format }) => {
  const { der, ...text } = await getPublicKey(permit, { accountId: account, region, keyId })
  if (format === 'json') return text
  const body = format === 'pem' ? text.pem : new Blob([new Uint8Array(der)])
  return new Response(body, {
    headers: {
      'content-type': format === 'pem' ? 'application/x-pem-file' : 'application/octet-stream',
      'content-disposition': `attachment; filename="${keyId.replaceAll(/[^\w-]/g, '_')}.${format}"`,
      'cache-control': 'private, no-store',
    },
  })
})
