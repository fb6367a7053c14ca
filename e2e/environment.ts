/**
 * The environment of a product under test: settings of whoever runs the tests must not reach it.
 */
export function cleanEnvironment(dataDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(AWS|CLAVIGER|OIDC|NEXTAUTH|SMTP|DATABASE)_|^(NODE_OPTIONS|NODE_ENV|HOST)$/.test(name),
  )
  return {
    ...Object.fromEntries(kept),
    NODE_ENV: 'production',
    PORT: '0',
    SANDBOX_PORT: '0',
    OIDC_PORT: '0',
    CLAVIGER_DATA_DIR: dataDir,
    // Not all of the demo's past: what happens during the tests is what they look at.
    CLAVIGER_TRAIL_LOOKUP_DAYS: '7',
  }
}
