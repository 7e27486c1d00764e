/* oxlint-disable no-underscore-dangle -- private members of noVNC */
import type RFB from "@novnc/novnc";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import type { ViewerCloseReason } from "../../connection/model/close-info.ts";
import { SecurityWatch, securityTypeNames } from "./security-watch.ts";

/** A server that was silent for so long within a picture has stopped. */
const STOPPED_MS = 2_000;
/** The encoding Raw (RFC 6143, 7.7.1). */
const RAW = 0;

type Fail = (detail: string, reason?: ViewerCloseReason) => void;

/** Notices what a server does that noVNC does not support, about which noVNC only logs, until the first picture. */
export class ServerCheck {
  readonly #rfb: RFB;
  readonly #fail: Fail;
  readonly #security = new SecurityWatch();
  #stop = (): void => {};
  #lastOutputAt = 0;

  constructor(rfb: RFB, channel: ConsoleChannel, fail: Fail) {
    this.#rfb = rfb;
    this.#fail = fail;
    const { _handleSetColourMapMsg: refusePalette } = rfb;
    if (refusePalette) {
      rfb._handleSetColourMapMsg = () => {
        fail("the VNC server draws with a palette, which noVNC does not support", "server_unsupported");
        return refusePalette.call(rfb);
      };
    }
    // Before noVNC, which would report a failure of its own first.
    const { onmessage } = channel;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- called before noVNC's handler
    channel.onmessage = (event) => {
      this.#read(new Uint8Array(event.data as ArrayBuffer));
      onmessage?.call(channel, event);
    };
    this.#stop = () => {
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- noVNC's own handler again
      channel.onmessage = onmessage;
    };
  }

  stop(): void {
    this.#stop();
    this.#stop = () => {};
  }

  /**
   * To be asked when there is no picture yet: fails if the server has stopped within one. So does a server that keeps to
   * 16 bits per pixel, because noVNC waits for 32.
   */
  checkStopped(): boolean {
    const { _FBU: update } = this.#rfb;
    const isWithin = update !== undefined && update.rects > 0 && update.encoding === RAW;
    if (!isWithin || performance.now() - this.#lastOutputAt < STOPPED_MS) return false;
    const detail = "the VNC server stopped within a picture: it may not support 32 bits per pixel";
    this.#fail(detail, "server_unsupported");
    return true;
  }

  #read(data: Uint8Array): void {
    this.#lastOutputAt = performance.now();
    const verdict = this.#security.read(data);
    if (verdict?.kind === "refused") this.#fail(`the VNC server refused the connection: ${verdict.reason}`);
    if (verdict?.kind !== "unsupported") return;
    const names = securityTypeNames(verdict.types);
    this.#fail(`the VNC server wants a sign-in that noVNC does not support: ${names}`, "server_unsupported");
  }
}
