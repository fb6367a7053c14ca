/** `dataDir`: its run.json names processes and logs. */
export type ProductUnderTest = {
  url: string
  sandboxUrl: string
  identityProviderUrl: string
  databaseUrl: string
  dataDir: string
}

/** Says where the products are, to this process and to the workers that it starts from now on. */
export function offerProducts(products: readonly ProductUnderTest[]): void {
  process.env.E2E_PRODUCTS = JSON.stringify(products)
}

/** The one that this worker has for itself; undefined where none was started. */
export function findProduct(): ProductUnderTest | undefined {
  const products = JSON.parse(process.env.E2E_PRODUCTS ?? '[]') as ProductUnderTest[]
  return products[Number(process.env.TEST_PARALLEL_INDEX ?? 0)]
}

function read<K extends keyof ProductUnderTest>(name: K): string {
  const found = findProduct()
  if (!found) throw new Error('No product was started by e2e/global-setup.ts.')
  return found[name]
}

/** Where the product under test is. */
export const product: Readonly<ProductUnderTest> = {
  get url() {
    return read('url')
  },
  get sandboxUrl() {
    return read('sandboxUrl')
  },
  get identityProviderUrl() {
    return read('identityProviderUrl')
  },
  get databaseUrl() {
    return read('databaseUrl')
  },
  get dataDir() {
    return read('dataDir')
  },
}
