import type { ITheme } from "@xterm/xterm";
import type { SerialTheme } from "./options.ts";

const DARK: ITheme = {
  background: "#101418",
  foreground: "#e6e9ec",
  cursor: "#e6e9ec",
  selectionBackground: "#3a5a80",
  scrollbarSliderBackground: "#e6e9ec40",
  scrollbarSliderHoverBackground: "#e6e9ec80",
  scrollbarSliderActiveBackground: "#e6e9eca0",
};

/** The 16 default colors are made for a dark background; these have a contrast of 4.5:1 on white. */
const LIGHT: ITheme = {
  background: "#ffffff",
  foreground: "#1b1f24",
  cursor: "#1b1f24",
  selectionBackground: "#b4d5fe",
  scrollbarSliderBackground: "#1b1f2440",
  scrollbarSliderHoverBackground: "#1b1f2480",
  scrollbarSliderActiveBackground: "#1b1f24a0",
  black: "#1b1f24",
  red: "#b3261e",
  green: "#1e6b2d",
  yellow: "#7a5900",
  blue: "#0b57d0",
  magenta: "#8430a8",
  cyan: "#00696f",
  white: "#5f6368",
  brightBlack: "#5f6368",
  brightRed: "#c5221f",
  brightGreen: "#0d7a2f",
  brightYellow: "#8a5a00",
  brightBlue: "#1a5fd0",
  brightMagenta: "#9334b8",
  brightCyan: "#007077",
  brightWhite: "#3c4043",
};

/** Colors of search matches. */
export interface MatchColors {
  readonly matchBackground: string;
  readonly activeMatchBackground: string;
  readonly activeMatchBorder: string;
  readonly matchOverviewRuler: string;
  readonly activeMatchColorOverviewRuler: string;
}

/** Text of the theme has a contrast of 4.5:1 on both; the selected match also has a border. */
export function matchColorsOf(theme: SerialTheme, prefersDark: boolean): MatchColors {
  const [match, active, border] = isDark(theme, prefersDark)
    ? (["#4a3d00", "#755c00", "#ffd54f"] as const)
    : (["#ffe58f", "#ffb74d", "#7a4a00"] as const);
  return {
    matchBackground: match,
    activeMatchBackground: active,
    activeMatchBorder: border,
    matchOverviewRuler: match,
    activeMatchColorOverviewRuler: active,
  };
}

/** The colors of a theme. `auto` follows `prefersDark`. */
export function colorsOf(theme: SerialTheme, prefersDark: boolean): ITheme {
  if (typeof theme === "object") return theme;
  return isDark(theme, prefersDark) ? DARK : LIGHT;
}

function isDark(theme: SerialTheme, prefersDark: boolean): boolean {
  // The default background of xterm.js is black.
  if (typeof theme === "object") return isDarkColor(theme.background ?? "#000");
  return theme === "dark" || (theme === "auto" && prefersDark);
}

/** Whether white has more contrast than black on a color in CSS hex notation; other notations count as dark. */
function isDarkColor(color: string): boolean {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1] ?? "000";
  const short = digits.length < 6;
  const channels = [0, 1, 2].map((at) =>
    short ? parseInt(digits.charAt(at).repeat(2), 16) : parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18;
}
