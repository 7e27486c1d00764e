import type { ConsoleConnection } from "../connection/connection.ts";
import { focusedIn } from "./keyboard-exit.ts";

/**
 * Gives the keyboard back to a console that had it when its connection was lost, unless the user has moved the focus
 * meanwhile. To be called before the view removes its screen, that is, before it listens to the same connection.
 */
export function restoreFocus(connection: ConsoleConnection, host: HTMLElement, focus: () => void): void {
  let hadFocus = false;
  connection.on("state", ({ status }) => {
    if (status === "reconnecting") hadFocus ||= focusedIn(host) !== undefined;
    else if (status === "connected" || status === "closed") {
      const { activeElement, body } = host.ownerDocument;
      const isFree = activeElement === null || activeElement === body;
      if (hadFocus && isFree && status === "connected") focus();
      hadFocus = false;
    }
  });
}
