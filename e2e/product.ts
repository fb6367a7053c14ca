/** Where the product under test is; set by global-setup.ts. */
function read(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: the product was not started by e2e/global-setup.ts`)
  return value
}

export const product = {
  get url() { return read('E2E_URL') },
  get sandboxUrl() { return read('E2E_SANDBOX_URL') },
  get identityProviderUrl() { return read('E2E_IDP_URL') },
  get databaseUrl() { return read('E2E_DATABASE_URL') },
  /** Its run.json names processes and logs. */
  get dataDir() { return read('E2E_DATA_DIR') },
}
