'use server'

import { askedRequest } from '@/lib/changes/ask'
import { prepareRequest } from '@/lib/changes/prepare'
import { action } from '@/lib/door/action'

/** Reads AWS and tries the change by DryRun: nothing changes, nobody is asked. */
export const previewRequest = action('requests.create', askedRequest, prepareRequest)
