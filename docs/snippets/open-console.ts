import { VncConsole } from "@curfew/client/vnc";

export async function open(screen: HTMLElement, status: HTMLElement, renew: HTMLButtonElement): Promise<void> {
  const vnc = new VncConsole(screen, {
    authorize: async ({ signal }) => (await fetch("/api/consoles/vm-1", { method: "POST", signal })).json(), // { url, token }
    renew: async ({ signal }) => (await fetch("/api/consoles/vm-1/token", { method: "POST", signal })).text(),
    scale: "fit",
  });
  vnc.on("expiring", ({ expiresInMs }) => (status.textContent = `Ends in ${Math.ceil(expiresInMs / 1000)} s`));
  vnc.on("closed", ({ reason }) => (status.textContent = `Ended: ${reason}`));
  renew.addEventListener("click", () => void vnc.connection.renew().catch(() => {}));
  await vnc.connect();
}
