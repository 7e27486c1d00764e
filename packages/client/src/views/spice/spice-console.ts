import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { ConsoleConnection } from "../../connection/connection.ts";
import { ConsoleError } from "../../connection/model/errors.ts";
import type { ConnectionStatistics, ConsoleEvents, ConsoleState } from "../../connection/model/state.ts";
import { delay } from "../../util/delay.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../../util/emitter.ts";
import { oneOf } from "../../util/validate.ts";
import { noticeComposition } from "../composition.ts";
import { followAccess } from "../follow-access.ts";
import { createHost } from "../host-element.ts";
import { handleHostInput } from "../host-input.ts";
import { ScreenConsole } from "../screen-console.ts";
import { layoutKeys } from "../keyboard/layouts.ts";
import { SCAN_CODES } from "../keyboard/scan-codes.ts";
import { layoutKeyboard, layoutOf, strokesOf } from "../keyboard/strokes.ts";
import { type ScreenPasteOptions, Typist, stopOnKeys } from "../keyboard/typist.ts";
import { ViewerLoader, failViewer, importFailed } from "../viewer-loader.ts";
import type { SpiceEvents, SpiceOptions, SpiceScaleMode, SpiceView } from "./options.ts";
import { SpiceClient, type SpiceLibrary } from "./spice-client.ts";

type ViewEvents = Omit<SpiceEvents, keyof ConsoleEvents>;
const VIEW_EVENTS: ReadonlySet<string> = new Set<keyof ViewEvents>(["paste", "leave", "droprefused", "composition"]);

const SPICE_HTML5 = new ViewerLoader<SpiceLibrary>("spice-html5", async () => {
  try {
    return (await import("@spice-project/spice-html5")).SpiceMainConn;
  } catch (error) {
    throw importFailed("@spice-project/spice-html5", error);
  }
});

/** The socket of the main channel, and how to open those of the others. */
interface MainSocket {
  readonly socket: WebSocket;
  readonly openAnother: () => WebSocket;
}

/**
 * A SPICE console in an element of the document, not of a shadow root. The element must have a size. The first `connect()`
 * loads spice-html5.
 *
 * SPICE has several channels, each with a WebSocket of its own. The connection is that of the main channel, which
 * carries warnings and renewals for all. All of them end together: when the main channel ends, and when the channel of
 * the screen or of the keys does, with that channel's reason.
 *
 * spice-html5 does not support the machine's clipboard, changes of its resolution, quality settings, a second screen,
 * and pausing a machine that sends too fast; SPICE itself limits how much is in transit.
 *
 * The screen is shown only while the console is connected. It is removed whenever the connection is lost, and at the
 * end.
 */
export class SpiceConsole extends ScreenConsole implements SpiceView {
  /** The console's connection, for `renew()` and for the state. Its `statistics()` count the main channel only. */
  readonly connection: ConsoleConnection;
  readonly #target: HTMLElement;
  readonly #host: HTMLElement;
  readonly #options: SpiceOptions;
  readonly #view: SpiceView;
  readonly #events = new Emitter<ViewEvents>();
  readonly #typist = new Typist({
    send: (key, down) => this.pressKey(key, down),
    connection: () => (this.state.status === "connected" && !this.viewOnly ? this.#client : undefined),
    // SPICE tells neither the state of Caps Lock nor when the screen was drawn.
    capsLock: () => false,
    shown: (signal) => delay(SHOWN_MS, signal),
    progress: (progress) => this.#events.emit("paste", progress),
  });
  #main: MainSocket | undefined;
  #client: SpiceClient | undefined;
  /** Bytes of the channels besides the main one, of earlier attempts. */
  readonly #earlier = { received: 0, sent: 0 };

  /** @throws TypeError or RangeError for an invalid option or element. */
  constructor(target: HTMLElement, options: SpiceOptions) {
    super(target);
    this.#host = createHost(target, "spice");
    this.#target = target;
    this.#options = options;
    this.#view = {
      viewOnly: options.viewOnly ?? false,
      scale: oneOf("scale", options.scale ?? "fit", SCALE_MODES),
    };
    const create = options.webSocket ?? ((url, protocols) => new WebSocket(url, protocols));
    const webSocket = (url: string, protocols: string[]): WebSocket => {
      const socket = create(url, protocols);
      this.#main = { socket, openAnother: () => create(url, protocols) };
      return socket;
    };
    this.connection = new ConsoleConnection({ ...options, webSocket, waitForViewer: true });
    handleHostInput(this.#host, options, {
      connection: this.connection,
      focus: () => this.focus(),
      leave: () => this.#events.emit("leave", undefined),
      dropRefused: () => this.#events.emit("droprefused", undefined),
    });
    stopOnKeys(this.#host, this.#typist);
    noticeComposition(this.#host, () => {
      if (!this.viewOnly) this.#events.emit("composition", undefined);
    });
    followAccess(this.connection, this);
    this.connection.on("state", (state) => this.#follow(state));
    // The gateway dials only when spice-html5 has begun.
    this.connection.on("opening", (channel) => void this.#attach(channel));
  }

  /** See {@link SpiceView.viewOnly}. */
  get viewOnly(): boolean {
    return this.#view.viewOnly;
  }
  set viewOnly(value: boolean) {
    this.#change({ viewOnly: value });
  }

  /** See {@link SpiceView.scale}. */
  get scale(): SpiceScaleMode {
    return this.#view.scale;
  }
  set scale(value: SpiceScaleMode) {
    this.#change({ scale: oneOf("scale", value, SCALE_MODES) });
  }

  /** See {@link ScreenConsole.canvas}. */
  get canvas(): HTMLCanvasElement | null {
    return this.#client?.canvas ?? null;
  }

  /** See {@link ConsoleConnection.connect}. */
  connect(): Promise<void> {
    SPICE_HTML5.preload();
    return this.connection.connect();
  }

  /** Moves the keyboard focus to the machine's screen. */
  focus(): void {
    this.#client?.focus();
  }

  /**
   * Sends a key. SPICE knows keys by their place on the keyboard: sends nothing for a key that a US keyboard does not
   * have, and nothing while not connected or view-only.
   *
   * @param keysym - X11 keysym, for keys that type a character
   * @param code - `KeyboardEvent.code`; by default the key that types the character on a US keyboard, without Shift
   * @param down - whether to press or release the key; undefined does both
   */
  sendKey(keysym: number, code?: string, down?: boolean): void {
    const scanCode = SCAN_CODES.get(code ?? layoutKeys("us").get(characterOf(keysym))?.code ?? "");
    if (scanCode === undefined) return;
    if (down !== false) this.#client?.sendKey(scanCode, true);
    if (down !== true) this.#client?.sendKey(scanCode, false);
  }

  /** See {@link ScreenConsole.paste}. */
  async paste(text: string, options: ScreenPasteOptions = {}): Promise<boolean> {
    return this.#typist.type(strokesOf(text, layoutKeyboard(layoutOf(options) ?? "us", true)), options);
  }

  /** See {@link ScreenConsole.cancelPaste}. */
  cancelPaste(): boolean {
    return this.#typist.cancel();
  }

  /**
   * The screen as an image.
   *
   * @param quality - of `image/jpeg`, from 0 to 1
   * @returns rejects with a {@link ConsoleError} `not_connected` if there is no screen.
   */
  screenshot(type: "image/png" | "image/jpeg" = "image/png", quality?: number): Promise<Blob> {
    return new Promise((resolve, reject) => {
      const none = (): void => reject(new ConsoleError("not_connected", "there is no screen"));
      const canvas = this.state.status === "connected" ? this.#client?.canvas : undefined;
      if (canvas === undefined) none();
      else canvas.toBlob((blob) => (blob ? resolve(blob) : none()), type, quality);
    });
  }

  /** Traffic of all channels, and the round trip. */
  statistics(): ConnectionStatistics {
    const { bytesReceived, bytesSent, roundTripMs } = this.connection.statistics();
    const { received, sent } = this.#client?.bytes ?? { received: 0, sent: 0 };
    return {
      bytesReceived: bytesReceived + this.#earlier.received + received,
      bytesSent: bytesSent + this.#earlier.sent + sent,
      roundTripMs,
    };
  }

  /** Adds a listener for an event of the view or of its connection. */
  on<K extends keyof SpiceEvents>(
    type: K,
    listener: (event: SpiceEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    const emitter = (VIEW_EVENTS.has(type) ? this.#events : this.connection) as Pick<Emitter<SpiceEvents>, "on">;
    return emitter.on(type, listener, options);
  }

  #change(change: Partial<SpiceView>): void {
    Object.assign(this.#view, change);
    this.#client?.apply(this.#view);
  }

  #follow(state: ConsoleState): void {
    if (state.status === "connecting") this.#target.append(this.#host);
    if (state.status !== "reconnecting" && state.status !== "closed") return;
    if (this.#client) {
      this.#earlier.received += this.#client.bytes.received;
      this.#earlier.sent += this.#client.bytes.sent;
      this.#client.remove();
    }
    this.#client = undefined;
    this.#main = undefined;
    this.#host.replaceChildren();
    if (state.status !== "closed") return;
    this.#host.remove();
    // The user must see what the page tells about the end. If the browser refuses, full screen was left already.
    this.exitFullscreen().catch(() => {});
  }

  async #attach(channel: ConsoleChannel): Promise<void> {
    try {
      const library = await SPICE_HTML5.load();
      const main = this.#main;
      if (this.connection.channel !== channel || main === undefined) return;
      // The library refuses a socket that is closing. Its close event, which has the reason, is about to come.
      if (channel.readyState >= channel.CLOSING) return;
      if (this.#host.getRootNode() !== document) throw new Error("spice-html5 needs an element of the document");
      const { password = "", label = this.#target.ariaLabel ?? undefined } = this.#options;
      const options = { password, label, openSocket: main.openAnother };
      this.#client = new SpiceClient(library, this.#host, channel, { ...this.#view }, options, {
        ready: () => this.connection.viewerReady(channel),
        failed: (detail, reason) => this.connection.viewerFailed(detail, reason, { channel }),
        channelEnded: (code, reason) => endWith(main.socket, code, reason),
      });
    } catch (error) {
      failViewer(this.connection, error, channel);
    }
  }
}

/** How long a machine has to take over what was typed. */
const SHOWN_MS = 300;
const SCALE_MODES: readonly SpiceScaleMode[] = ["none", "fit"];

/** Ends the main channel as if the server had closed it with the close frame of another channel. */
function endWith(socket: WebSocket, code: number, reason: string): void {
  socket.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: code !== 1006 }));
  socket.close();
}

/** The character of a keysym that is one of Latin-1; see `characterKeysym`. */
function characterOf(keysym: number): string {
  return keysym < 0x100 ? String.fromCodePoint(keysym) : "";
}
