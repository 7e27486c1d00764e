import { useEffect, useState } from "react";

/** The user's choice; `system` follows the setting of the system. */
export type Theme = "system" | "light" | "dark";

const STORAGE_KEY = "curfew-demo-theme";
const SYSTEM_DARK = "(prefers-color-scheme: dark)";

/**
 * The theme, stored in this browser. The design tokens, shared with the console page, only follow the system's setting: an
 * explicit choice makes their dark rules apply always or never.
 */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem(STORAGE_KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  });
  useEffect(() => {
    localStorage.setItem(STORAGE_KEY, theme);
    const media = theme === "system" ? SYSTEM_DARK : theme === "dark" ? "all" : "not all";
    for (const rule of darkRules) rule.media.mediaText = media;
    document.documentElement.style.colorScheme = theme === "system" ? "light dark" : theme;
  }, [theme]);
  return [theme, setTheme];
}

const darkRules: readonly CSSMediaRule[] = [...document.styleSheets]
  .flatMap((sheet) => [...sheet.cssRules])
  .filter((rule): rule is CSSMediaRule => rule instanceof CSSMediaRule && rule.media.mediaText === SYSTEM_DARK);
