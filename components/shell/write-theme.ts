import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { themeStylesheet } from './theme'

// A file, so that the theme is there at the first byte of CSS and no inline style is needed.
writeFileSync(path.join(import.meta.dirname, 'theme.css'), themeStylesheet())
