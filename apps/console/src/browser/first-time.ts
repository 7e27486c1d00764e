const PREFIX = "curfew.console.told.";

/**
 * Whether this browser has not been told about `topic` yet; from now on, it has. Always true where the browser stores
 * nothing for this site.
 */
export function isFirstTime(topic: string): boolean {
  try {
    const isTold = localStorage.getItem(PREFIX + topic) !== null;
    if (!isTold) localStorage.setItem(PREFIX + topic, "");
    return !isTold;
  } catch {
    return true;
  }
}
