/** The icon of the page with a dot, for a session that ends soon. */
const ALERT_ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1f2733"/>' +
    '<path d="M8 11l5 5-5 5" fill="none" stroke="#fff" stroke-width="2.6"/><circle cx="23" cy="23" r="8" fill="#f59e0b"/></svg>',
)}`;

let ownIcon: string | undefined;

/** Marks the tab, whose title may be too short to read. */
export function markTab(on: boolean): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link === null) return;
  ownIcon ??= link.href;
  const icon = on ? ALERT_ICON : ownIcon;
  if (link.href !== icon) link.href = icon;
}

/** Whether the browser lets the page notify the user: over HTTPS, and not in a frame. */
export function canNotify(): boolean {
  return isSecureContext && window.parent === window && "Notification" in window;
}

/** Notifies the user of what the page shows, if they have agreed and cannot see the page. */
export function notifyIfHidden(title: string, body: string): void {
  if (!document.hidden || !canNotify() || Notification.permission !== "granted") return;
  try {
    const notification = new Notification(title, { body, tag: "curfew" });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Chrome on Android allows notifications from service workers only.
  }
}
