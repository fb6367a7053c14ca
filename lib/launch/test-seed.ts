import fc from 'fast-check'

/**
 * A gate that fails by chance teaches people to run it again. Other seeds:
 * `FC_SEED=7 npx vitest run`, or a bench.
 */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) })
