import type { ConsoleState } from "@curfew/client";
import { VncConsole, type VncOptions } from "@curfew/client/vnc";
import type { Attachment } from "svelte/attachments";

/** A console, and its state as runes. */
export class VncScreen {
  state = $state.raw<ConsoleState>({ status: "idle" });
  #now = $state(performance.now());
  readonly session = $derived(this.state.status === "connected" ? this.state.session : null);
  /** Milliseconds until the session ends; null while nothing will end it. */
  readonly leftMs = $derived(this.session?.expiresAt ? this.session.expiresAt - this.#now : null);
  readonly #options: VncOptions;
  #vnc: VncConsole | undefined;

  constructor(options: VncOptions) {
    this.#options = options;
  }

  /** For `{@attach …}`: opens the console in an element, and closes it when the element goes. */
  readonly attach: Attachment<HTMLElement> = (element) => {
    const vnc = new VncConsole(element, this.#options);
    this.#vnc = vnc;
    vnc.on("state", (next) => {
      this.#now = performance.now();
      this.state = next;
    });
    const clock = setInterval(() => (this.#now = performance.now()), 250);
    this.connect();
    return () => {
      clearInterval(clock);
      void vnc.close();
    };
  };

  // The state tells how it went.
  readonly connect = (): void => void this.#vnc?.connect().catch(() => {});
  readonly renew = (): void => void this.#vnc?.connection.renew().catch(() => {});
}
