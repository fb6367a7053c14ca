'use server'

import { askedRequest } from '@/lib/changes/request/ask'
import { prepareRequest } from '@/lib/changes/request/prepare'
import { action } from '@/lib/door/action'

/** Reads AWS and tries the change by DryRun: nothing changes, nobody is asked. */
export const previewRequest = action('requests.create', askedRequest, prepareRequest)
