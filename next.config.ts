import type { NextConfig } from 'next'

const config: NextConfig = {
  // Two builds side by side (a test run beside `npm start`) each say where theirs goes.
  distDir: process.env.NEXT_DIST_DIR || '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // A dev server is reached as localhost or 127.0.0.1, whichever was typed.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  devIndicators: false,
  // `npm run check` checks types, once, over tests and scripts too; a fresh clone's first start need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['pg', 'pino', '@prisma/client', '@prisma/adapter-pg', 'graphile-worker'],
}

export default config
