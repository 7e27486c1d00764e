import { VncConsole } from "@curfew/client/vnc";

/** Fingerprints of the hypervisors' keys, as VNC viewers show them. */
const known = new Set(["d6-20-1f-5b-8e-02-9a-c4"]);

export function create(screen: HTMLElement, fullScreen: HTMLButtonElement, copy: HTMLButtonElement): VncConsole {
  const vnc = new VncConsole(screen, {
    authorize: async () => (await fetch("/api/consoles/vm-1", { method: "POST" })).json(),
    scale: "fit", // or "none", with clipViewport and dragViewport, or "remote"
    quality: 8,
    onCredentialsRequired: async (types) => Object.fromEntries(types.map((type) => [type, prompt(type) ?? ""])),
    onServerVerification: ({ fingerprint }) => known.has(fingerprint),
  });
  fullScreen.addEventListener("click", () => void vnc.requestFullscreen());
  copy.addEventListener("click", () => void vnc.copyClipboard());
  vnc.on("desktopname", ({ name }) => (document.title = name));
  return vnc;
}
