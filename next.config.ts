import type { NextConfig } from 'next'

const config: NextConfig = {
  // Two builds side by side (a test run beside `npm start`) each say where theirs goes.
  distDir: process.env.NEXT_DIST_DIR || '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // Notices in people's mail name pages by the addresses that these had then.
  redirects: () =>
    Promise.resolve([
      { source: '/settings/stand-ins', destination: '/settings/delegates', permanent: true },
    ]),
  // Next's dev server takes localhost and what HOST says for its own; CLAVIGER_URL can name
  // 127.0.0.1 where HOST is 0.0.0.0.
  allowedDevOrigins: ['127.0.0.1'],
  devIndicators: false,
  // `npm run check` checks types, once, over tests and scripts too; a fresh clone's first start
  // need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['pg', 'pino', '@prisma/client', '@prisma/adapter-pg'],
}

export default config
