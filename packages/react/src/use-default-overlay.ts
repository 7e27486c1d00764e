import type { ElementType } from "@curfew/client/element";
import type { Messages } from "@curfew/client/messages";
import { type RefObject, useEffect, useRef } from "react";
import type { MountableConsole } from "./use-console.ts";

/** What the default overlay must know of its console. */
export interface OverlaidConsole {
  readonly type: ElementType;
  readonly messages: Messages | undefined;
  readonly canRenew: boolean;
  readonly autoRenew: boolean;
}

/** Shows the overlay of the elements in the element of `cover`, if there is one. It is loaded only then. */
export function useDefaultOverlay(
  cover: RefObject<HTMLElement | null>,
  target: RefObject<HTMLElement | null>,
  view: MountableConsole | null,
  overlaid: OverlaidConsole,
): void {
  const { messages, autoRenew, type } = overlaid;
  const canRenew = useRef(false);
  useEffect(() => {
    canRenew.current = overlaid.canRenew;
  });
  useEffect(() => {
    if (!view || !cover.current) return undefined;
    const stop = new AbortController();
    const show = async (): Promise<void> => {
      const { showConsoleOverlay } = await import("@curfew/client/element");
      if (stop.signal.aborted || !cover.current || !target.current) return;
      showConsoleOverlay(cover.current, target.current, view, {
        type,
        canRenew: () => canRenew.current,
        autoRenew,
        ...(messages ? { messages } : {}),
        signal: stop.signal,
      });
    };
    // The console works without an overlay.
    show().catch((error: unknown) => reportError(error));
    return () => stop.abort();
  }, [view, cover, target, messages]);
}
