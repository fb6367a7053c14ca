/**
 * Operations of KMS in words, each once. `parts`: words, then the operations in
 * lower case that they stand for.
 */
export interface Ability {
  verb: string
  /** Said where all parts are there. */
  whole: string | null
  parts: readonly (readonly [words: string, ...operations: string[]])[]
}

export const abilities: readonly Ability[] = [
  {
    verb: 'use the key to',
    whole: 'use the key for every cryptographic operation',
    parts: [
      ['decrypt', 'decrypt'],
      ['encrypt', 'encrypt'],
      ['re-encrypt', 'reencryptfrom', 'reencryptto'],
      ['generate data keys', 'generatedatakey', 'generatedatakeywithoutplaintext'],
      ['generate data key pairs', 'generatedatakeypair', 'generatedatakeypairwithoutplaintext'],
      ['sign', 'sign'],
      ['verify signatures', 'verify'],
      ['make MACs', 'generatemac'],
      ['verify MACs', 'verifymac'],
      ['derive shared secrets', 'derivesharedsecret'],
      ['encapsulate secrets', 'encapsulate'],
      ['decapsulate secrets', 'decapsulate'],
    ],
  },
  {
    verb: '',
    whole: 'make, see, revoke and retire grants',
    parts: [
      ['make grants', 'creategrant'],
      ['list its grants', 'listgrants'],
      ['revoke grants', 'revokegrant'],
      ['retire grants', 'retiregrant'],
      ['list the grants one may retire', 'listretirablegrants'],
    ],
  },
  { verb: '', whole: null, parts: [['change the key policy', 'putkeypolicy']] },
  {
    verb: 'see',
    whole: 'see everything about the key',
    parts: [
      ['its metadata', 'describekey'],
      ['its policy', 'getkeypolicy', 'listkeypolicies'],
      ['its rotation', 'getkeyrotationstatus', 'listkeyrotations'],
      ['its tags', 'listresourcetags'],
      ['its public key', 'getpublickey'],
      ['when it was last used', 'getkeylastusage'],
    ],
  },
  {
    verb: 'administer the key:',
    whole: 'administer the key (enable, disable, describe, rotate, tag, name, import, replicate)',
    parts: [
      ['enable and disable it', 'enablekey', 'disablekey'],
      ['change its description', 'updatekeydescription'],
      ['rotate it', 'enablekeyrotation', 'disablekeyrotation', 'rotatekeyondemand'],
      ['tag it', 'tagresource', 'untagresource'],
      ['change its aliases', 'createalias', 'updatealias', 'deletealias'],
      [
        'import and delete key material',
        'getparametersforimport',
        'importkeymaterial',
        'deleteimportedkeymaterial',
      ],
      [
        'replicate it to other Regions',
        'replicatekey',
        'updateprimaryregion',
        'synchronizemultiregionkey',
      ],
    ],
  },
  {
    verb: '',
    whole: 'schedule and cancel its deletion',
    parts: [
      ['schedule its deletion', 'schedulekeydeletion'],
      ['cancel its deletion', 'cancelkeydeletion'],
    ],
  },
  {
    verb: '',
    whole: null,
    parts: [
      ['create keys', 'createkey'],
      ['list keys and aliases', 'listkeys', 'listaliases'],
      ['make random numbers', 'generaterandom'],
      [
        'manage custom key stores',
        'createcustomkeystore',
        'deletecustomkeystore',
        'updatecustomkeystore',
        'connectcustomkeystore',
        'disconnectcustomkeystore',
        'describecustomkeystores',
      ],
    ],
  },
]
