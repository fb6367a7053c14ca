import { generateThemeStylesheet, type Theme } from '@cloudscape-design/components/theming'

// Verdigris on ink, with brass for what is marked: an old key, and not AWS's orange and navy.
const verdigris = { light: '#0a6a5c', dark: '#5fd0b9' }
const verdigrisDeep = { light: '#07493f', dark: '#8be3d1' }
// Surfaces in the dark are ink with a hint of the green, where Cloudscape has navy.
const ground = { light: '#ffffff', dark: '#141c1a' }
const wash = { light: '#e9f5f2', dark: '#12312c' }

/**
 * The look of the console over Cloudscape's tokens. After a change: `npx tsx
 * components/shell/write-theme.ts` (a test compares).
 */
const theme: Theme = {
  tokens: {
    fontFamilyBase: '"Open Sans", "Segoe UI", system-ui, sans-serif',
    borderRadiusButton: '8px',
    borderRadiusContainer: '10px',
    borderRadiusInput: '6px',
    colorBackgroundLayoutMain: ground,
    colorBackgroundLayoutPanel: ground,
    colorBackgroundLayoutToolbar: ground,
    colorBackgroundContainerContent: ground,
    colorBackgroundContainerHeader: ground,
    colorBackgroundInputDefault: ground,
    colorBackgroundButtonNormalDefault: ground,
    colorBackgroundPopover: { light: '#ffffff', dark: '#1d2725' },
    colorBackgroundDropdownItemDefault: { light: '#ffffff', dark: '#1d2725' },
    colorTextAccent: verdigris,
    colorTextLinkDefault: verdigris,
    colorTextLinkHover: verdigrisDeep,
    colorTextLinkButtonNormalDefault: verdigris,
    colorTextLinkButtonNormalHover: verdigrisDeep,
    colorTextButtonNormalDefault: verdigris,
    colorTextButtonNormalHover: verdigrisDeep,
    colorTextButtonNormalActive: verdigrisDeep,
    colorBorderButtonNormalDefault: verdigris,
    colorBorderButtonNormalHover: verdigrisDeep,
    colorBorderButtonNormalActive: verdigrisDeep,
    colorBackgroundButtonNormalHover: wash,
    colorBackgroundButtonNormalActive: wash,
    colorTextButtonLinkDefault: verdigris,
    colorTextButtonLinkHover: verdigrisDeep,
    colorTextButtonLinkActive: verdigrisDeep,
    colorBackgroundButtonPrimaryDefault: verdigris,
    colorBackgroundButtonPrimaryHover: verdigrisDeep,
    colorBackgroundButtonPrimaryActive: verdigrisDeep,
    colorBorderButtonPrimaryDefault: verdigris,
    colorBorderButtonPrimaryHover: verdigrisDeep,
    colorBorderButtonPrimaryActive: verdigrisDeep,
    colorBackgroundControlChecked: verdigris,
    colorBackgroundToggleCheckedDisabled: wash,
    colorBackgroundProgressBarValueDefault: verdigris,
    colorBackgroundItemSelected: wash,
    colorBackgroundDropdownItemSelected: wash,
    colorBorderItemFocused: verdigris,
    colorBorderItemSelected: verdigris,
    colorBorderInputFocused: verdigris,
    colorItemSelected: verdigris,
    colorBackgroundLayoutToggleSelectedDefault: verdigris,
    colorBackgroundLayoutToggleSelectedHover: verdigrisDeep,
    colorBackgroundLayoutToggleSelectedActive: verdigrisDeep,
    colorBackgroundSegmentActive: verdigris,
    colorBorderSegmentActive: verdigris,
    colorBackgroundNotificationBlue: '#0a6a5c', // its text is light in both modes
  },
  contexts: {
    'top-navigation': {
      tokens: {
        colorBackgroundContainerContent: '#10231f',
        colorTextTopNavigationTitle: '#f3efe2',
        colorTextInteractiveDefault: '#d9e5e1',
        colorTextInteractiveHover: '#ffffff',
        colorTextAccent: '#e2bd66',
        colorBorderDividerDefault: '#2b4a43',
      },
    },
  },
}

export const themeStylesheet = (): string => generateThemeStylesheet({ theme })
