import type { ITheme } from "@xterm/xterm";
import type { SerialTheme } from "./options.ts";

const dark: ITheme = {
  background: "#101418",
  foreground: "#e6e9ec",
  cursor: "#e6e9ec",
  selectionBackground: "#3a5a80",
};

/** The 16 colours of the default palette are meant for a dark ground; these keep 4.5:1 on white. */
const light: ITheme = {
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

/** Marks of what a search found. */
export interface MatchColours {
  readonly matchBackground: string;
  readonly activeMatchBackground: string;
  readonly activeMatchBorder: string;
  readonly matchOverviewRuler: string;
  readonly activeMatchColorOverviewRuler: string;
}

/** The theme's own text keeps 4.5:1 on both grounds; the selected match has a border, too. */
export function matchColoursOf(theme: SerialTheme, prefersDark: boolean): MatchColours {
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

/** The colours of a theme. `auto` follows `prefersDark`. */
export function coloursOf(theme: SerialTheme, prefersDark: boolean): ITheme {
  return isDark(theme, prefersDark) ? dark : light;
}

function isDark(theme: SerialTheme, prefersDark: boolean): boolean {
  return theme === "dark" || (theme === "auto" && prefersDark);
}
