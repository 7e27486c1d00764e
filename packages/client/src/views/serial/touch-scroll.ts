import type { Terminal } from "@xterm/xterm";

/**
 * Scrolls by dragging with one finger, which xterm.js 6 does not: the element, if the terminal is larger,
 * and beyond its edges the scrollback.
 *
 * @param signal - ends it
 */
export function scrollByTouch(terminal: Terminal, host: HTMLElement, signal: AbortSignal): void {
  let last: Touch | undefined;
  /** Pixels that are less than a line. */
  let rest = 0;
  const follow = (event: TouchEvent): void => {
    last = event.touches.length === 1 ? event.touches[0] : undefined;
    rest = 0;
  };
  const onMove = (event: TouchEvent): void => {
    const touch = event.touches.length === 1 ? event.touches[0] : undefined;
    if (!last || !touch) return;
    event.preventDefault();
    const { scrollTop } = host;
    host.scrollBy({ left: last.clientX - touch.clientX, top: last.clientY - touch.clientY, behavior: "instant" });
    rest += last.clientY - touch.clientY - (host.scrollTop - scrollTop);
    last = touch;
    const height = (terminal.element?.querySelector(".xterm-screen")?.clientHeight ?? 0) / terminal.rows;
    const lines = height > 0 ? Math.trunc(rest / height) : 0;
    if (lines === 0) return;
    rest -= lines * height;
    terminal.scrollLines(lines);
  };
  host.addEventListener("touchstart", follow, { passive: true, signal });
  host.addEventListener("touchmove", onMove, { passive: false, signal });
  for (const type of ["touchend", "touchcancel"] as const) host.addEventListener(type, follow, { signal });
}
