import type { ConsoleConnection } from "../connection/connection.ts";

/** Makes a console view only where the gateway drops what the user does, so that the page does not pretend otherwise. */
export function followAccess(connection: ConsoleConnection, view: { viewOnly: boolean }): void {
  connection.on("state", (state) => {
    if (state.status === "connected" && state.session?.access === "view") view.viewOnly = true;
  });
}
