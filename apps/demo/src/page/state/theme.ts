import { useEffect, useState } from "react";

/** What the person chose; `system` follows the system's setting. */
export type Theme = "system" | "light" | "dark";

const KEY = "curfew-demo-theme";
const SYSTEM = "(prefers-color-scheme: dark)";

/**
 * The theme, kept in this browser. The tokens are the console page's and know the system's setting
 * only: a choice makes their dark rules hold always, or never.
 */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  });
  useEffect(() => {
    localStorage.setItem(KEY, theme);
    const media = theme === "system" ? SYSTEM : theme === "dark" ? "all" : "not all";
    for (const rule of darkRules) rule.media.mediaText = media;
    document.documentElement.style.colorScheme = theme === "system" ? "light dark" : theme;
  }, [theme]);
  return [theme, setTheme];
}

const darkRules: readonly CSSMediaRule[] = [...document.styleSheets]
  .flatMap((sheet) => [...sheet.cssRules])
  .filter((rule): rule is CSSMediaRule => rule instanceof CSSMediaRule && rule.media.mediaText === SYSTEM);
