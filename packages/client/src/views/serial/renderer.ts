import type { Terminal } from "@xterm/xterm";
import { loadWebgl } from "./addons.ts";
import type { SerialRenderer } from "./options.ts";

/**
 * Draws with WebGL if `renderer` asks for it and the browser supports it. Otherwise, and when the
 * browser loses the context, xterm.js draws with DOM elements, its default.
 *
 * @param removed - aborted when the terminal is removed
 */
export async function chooseRenderer(
  terminal: Terminal,
  renderer: SerialRenderer,
  removed: AbortSignal,
): Promise<void> {
  if (renderer === "dom" || (renderer === "auto" && !isAccelerated())) return;
  const Webgl = await loadWebgl();
  if (!Webgl || removed.aborted) return;
  const addon = new Webgl();
  addon.onContextLoss(() => addon.dispose());
  try {
    terminal.loadAddon(addon);
  } catch {
    // No WebGL 2, or too many contexts.
    addon.dispose();
  }
}

/** Software renderers, which are slower than DOM elements. Not every browser reports them as a performance caveat. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function isAccelerated(): boolean {
  const context = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const names = context.getExtension("WEBGL_debug_renderer_info");
  const name = String(context.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !SOFTWARE.test(name);
}
