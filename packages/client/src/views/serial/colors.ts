import type { ITheme } from "@xterm/xterm";
import type { SerialTheme } from "./options.ts";

const DARK: ITheme = {
  background: "#101418",
  foreground: "#e6e9ec",
  cursor: "#e6e9ec",
  selectionBackground: "#3a5a80",
};

/** The 16 default colors are made for a dark background; these have a contrast of 4.5:1 on white. */
const LIGHT: ITheme = {
  background: "#ffffff",
  foreground: "#1b1f24",
  cursor: "#1b1f24",
  selectionBackground: "#b4d5fe",
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
  return isDark(theme, prefersDark) ? DARK : LIGHT;
}

function isDark(theme: SerialTheme, prefersDark: boolean): boolean {
  return theme === "dark" || (theme === "auto" && prefersDark);
}
