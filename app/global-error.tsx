'use client'

/** The last resort, when even the shell failed: plain HTML, so that it cannot fail too. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main data-failure="unexpected">
          <h1>Claviger failed</h1>
          <p>Something failed on our side{error.digest ? `. Reference ${error.digest}.` : '.'}</p>
          <p>
            <a href="/">Try again</a>
          </p>
        </main>
      </body>
    </html>
  )
}
