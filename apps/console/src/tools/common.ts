import { toolButton } from "../views/buttons.ts";
import { icon } from "../views/icons.ts";

/** What the tools of both console types need from the page. */
export interface ToolContext {
  /** The machine's name, for file names and titles. */
  readonly name: () => string;
  /** Gives the keyboard back to the console. */
  readonly refocus: () => void;
  readonly toast: (text: string) => void;
  readonly disconnect: () => void;
  /** Puts a menu into the page until the console is over. */
  readonly addOverlay: (overlay: HTMLElement) => void;
  /** Aborted when the console is over: closes what the tools have open. */
  readonly signal: AbortSignal;
}

/** Full screen for the whole page, so that bar and warnings stay in sight. Null where there is none. */
export function fullScreenTool(context: ToolContext): HTMLButtonElement | null {
  if (!document.fullscreenEnabled) return null;
  const button = toolButton(
    "Full screen",
    () => {
      const done = document.fullscreenElement
        ? document.exitFullscreen()
        : document.documentElement.requestFullscreen();
      done.then(context.refocus, () => {
        context.toast("The browser did not allow full screen.");
      });
    },
    { icon: "maximize" },
  );
  document.addEventListener(
    "fullscreenchange",
    () => {
      const full = document.fullscreenElement !== null;
      const label = full ? "Leave full screen" : "Full screen";
      button.setAttribute("aria-label", label);
      button.title = label;
      button.replaceChildren(icon(full ? "minimize" : "maximize"));
    },
    { signal: context.signal },
  );
  return button;
}

export function disconnectTool(context: ToolContext): HTMLButtonElement {
  const button = toolButton("Disconnect", context.disconnect, { icon: "unplug" });
  button.classList.add("tool-apart");
  return button;
}

/** Hands a file to the browser's downloads. */
export function download(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has its own hold on the content once it started.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}

/** `web-03 2026-03-01 14.03.22.png`: a name that every file system takes and that sorts by time. */
export function fileName(machine: string, at: Date, extension: string): string {
  const safe = machine.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[.-]+|-+$/g, "") || "console";
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${safe} ${day} ${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}.${extension}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Puts text into the person's clipboard; false where the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
