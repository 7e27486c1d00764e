import { VncConsole } from "@curfew/client/vnc";

export async function open(screen: HTMLElement, status: HTMLElement, renewButton: HTMLButtonElement): Promise<void> {
  const vnc = new VncConsole(screen, {
    authorize: async ({ signal }) => (await fetch("/api/consoles/vm-1", { method: "POST", signal })).json(), // { url, token }
    renew: async ({ signal }) => (await fetch("/api/consoles/vm-1/token", { method: "POST", signal })).text(),
  });
  vnc.on("expiring", (warning) => (status.textContent = `Ends in ${Math.ceil(warning.expiresInMs / 1000)} s`));
  vnc.on("closed", (info) => (status.textContent = `Ended: ${info.reason}`));
  vnc.on("renewfailed", (error) => (status.textContent = `Not renewed: ${error.message}`));
  renewButton.addEventListener("click", () => void vnc.connection.renew().catch(() => {}));
  await vnc.connect();
}
