import type { Terminal } from "@xterm/xterm";
import { loadWebgl } from "./addons.ts";
import type { SerialRenderer } from "./options.ts";

/**
 * Draws with WebGL where `renderer` wants it and the browser can; otherwise, and once the browser
 * takes the context away, xterm.js draws with elements as it does by default.
 */
export async function chooseRenderer(terminal: Terminal, renderer: SerialRenderer, gone: AbortSignal): Promise<void> {
  if (renderer === "dom" || (renderer === "auto" && !isAccelerated())) return;
  const Webgl = await loadWebgl();
  if (!Webgl || gone.aborted) return;
  const addon = new Webgl();
  addon.onContextLoss(() => addon.dispose());
  try {
    terminal.loadAddon(addon);
  } catch {
    // No WebGL 2, or the browser has given out as many contexts as it likes to.
    addon.dispose();
  }
}

/** Names of drawing in software, where it is slower than elements are. Not every browser counts it as a caveat. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function isAccelerated(): boolean {
  const context = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const names = context.getExtension("WEBGL_debug_renderer_info");
  const name = String(context.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !SOFTWARE.test(name);
}
