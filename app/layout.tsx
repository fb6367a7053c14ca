import '@cloudscape-design/global-styles/index.css'
import '@/components/shell/theme.css'
import '@/components/shell/shell.css'
import '@/components/value/value.css'
import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import type { ReactNode } from 'react'
import {
  appearanceCookie,
  bodyClassOf,
  parseAppearance,
  systemModeScript,
} from '@/components/shell/appearance'

export const metadata: Metadata = {
  title: { default: 'Claviger', template: '%s · Claviger' },
  robots: { index: false, follow: false },
}
export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  colorScheme: 'light dark',
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const appearance = parseAppearance((await cookies()).get(appearanceCookie)?.value)
  const nonce = (await headers()).get('x-nonce') ?? undefined
  return (
    <html lang="en">
      {/* The class may gain awsui-dark-mode before React wakes up, from the script below. */}
      <body className={bodyClassOf(appearance)} suppressHydrationWarning>
        {appearance.mode === 'system' && (
          <script
            nonce={nonce}
            suppressHydrationWarning
            dangerouslySetInnerHTML={{ __html: systemModeScript }}
          />
        )}
        {children}
      </body>
    </html>
  )
}
