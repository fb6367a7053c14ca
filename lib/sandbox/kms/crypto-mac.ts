import { createHmac, timingSafeEqual } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import type { Key } from '../world'
import { requireCurrent, secretOf } from './crypto-material'
import { findKey } from './identify'
import { readBlob, readText } from './read-input'
import { checkGrantTokens, endDryRun, permitUse, recordUse, requireAlgorithm } from './use'

export function generateMac(call: Call, input: Input): Input {
  const { key, algorithm } = permitMac(call, input)
  endDryRun(input)
  const mac = computeMac(call, key, algorithm, input)
  recordUse(call, key)
  return { Mac: mac.toString('base64'), MacAlgorithm: algorithm, KeyId: key.arn }
}

/** Never answers false: a wrong MAC is KMSInvalidMacException, without a message as AWS does. */
export function verifyMac(call: Call, input: Input): Input {
  const { key, algorithm } = permitMac(call, input)
  const given = readBlob(input, 'Mac') ?? Buffer.alloc(0)
  const mac = computeMac(call, key, algorithm, input)
  if (mac.length !== given.length || !timingSafeEqual(mac, given))
    throw new AwsError('KMSInvalidMacException', '')
  endDryRun(input)
  recordUse(call, key)
  return { KeyId: key.arn, MacValid: true, MacAlgorithm: algorithm }
}

function permitMac(call: Call, input: Input) {
  const algorithm = readText(input, 'MacAlgorithm') ?? ''
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '', { aliases: true })
  permitUse(call, found, 'GENERATE_VERIFY_MAC', { 'kms:MacAlgorithm': algorithm })
  requireAlgorithm(found.key, algorithm)
  return { key: found.key, algorithm }
}

function computeMac(call: Call, key: Key, algorithm: string, input: Input): Buffer {
  const hash = `sha${algorithm.slice('HMAC_SHA_'.length)}`
  return createHmac(hash, secretOf(call.world, key, requireCurrent(key)))
    .update(readBlob(input, 'Message') ?? Buffer.alloc(0))
    .digest()
}
