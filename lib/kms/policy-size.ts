/** Bytes of a key policy at most; a quota that AWS does not raise (lib/kms/README.md, "Key policies"). */
export const mostPolicyBytes = 32_768
