import type RFB from "@novnc/novnc";
import type { ConsoleChannel } from "../channel.ts";
import { oneOf } from "../check.ts";
import { ConsoleConnection } from "../connection.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../emitter.ts";
import { ConsoleError } from "../errors.ts";
import { FullScreen } from "./full-screen.ts";
import { createHost } from "../host-element.ts";
import { ViewerLoader, importFailed } from "../load-viewer.ts";
import type { ConsoleEvents, ConsoleState } from "../state.ts";
import { Clipboards } from "./clipboards.ts";
import { type Key, type KeyCombo, comboKeys } from "./keys.ts";
import type { ScaleMode, VncEvents, VncOptions, VncStatistics, VncView } from "./options.ts";
import { Picture } from "./picture.ts";
import { press, typeCharacters } from "./typing.ts";

type ViewEvents = Omit<VncEvents, keyof ConsoleEvents>;
const viewEvents: ReadonlySet<string> = new Set<keyof ViewEvents>(["clipboard", "desktopname", "capabilities", "bell"]);

const noVnc = new ViewerLoader<typeof RFB>("noVNC", async () => {
  try {
    return (await import("@novnc/novnc")).default;
  } catch (error) {
    throw importFailed("@novnc/novnc", error);
  }
});

/**
 * A VNC console in an element, which must have a size. noVNC is loaded by the first `connect()`.
 *
 * The picture is there only while the console is connected: each loss of the connection takes it
 * off the page, and so does the end.
 */
export class VncConsole implements VncView {
  /** The connection below, for `renew()` and for the state. */
  readonly connection: ConsoleConnection;
  readonly #target: HTMLElement;
  readonly #host: HTMLElement;
  readonly #options: VncOptions;
  readonly #events = new Emitter<ViewEvents>();
  readonly #view: VncView;
  readonly #fullScreen: FullScreen;
  readonly #clipboards = new Clipboards({
    canSend: () => !this.viewOnly && this.state.status === "connected",
    send: (text) => this.paste(text),
  });
  #picture: Picture | null = null;

  /** @throws TypeError or RangeError for an option or an element that does not fit. */
  constructor(target: HTMLElement, options: VncOptions) {
    this.#host = createHost(target, "vnc");
    this.#target = target;
    this.#options = options;
    this.#fullScreen = new FullScreen(target);
    this.#view = {
      viewOnly: options.viewOnly ?? false,
      scale: oneOf("scale", options.scale ?? "fit", scaleModes),
      quality: level("quality", options.quality ?? 6),
      compression: level("compression", options.compression ?? 2),
      showDotCursor: options.showDotCursor ?? false,
      clipViewport: options.clipViewport ?? false,
      dragViewport: options.dragViewport ?? false,
    };
    this.connection = new ConsoleConnection({ ...options, waitForViewer: true });
    this.connection.on("state", (state) => this.#follow(state));
    // noVNC sets itself up while the socket opens.
    this.connection.on("opening", (channel) => void this.#attach(channel));
  }

  /** See {@link ConsoleConnection.state}. */
  get state(): ConsoleState {
    return this.connection.state;
  }

  /** See {@link VncView.viewOnly}. */
  get viewOnly(): boolean {
    return this.#view.viewOnly;
  }
  set viewOnly(value: boolean) {
    this.#change({ viewOnly: value });
  }

  /** See {@link VncView.scale}. */
  get scale(): ScaleMode {
    return this.#view.scale;
  }
  set scale(value: ScaleMode) {
    this.#change({ scale: oneOf("scale", value, scaleModes) });
  }

  /** See {@link VncView.quality}. */
  get quality(): number {
    return this.#view.quality;
  }
  set quality(value: number) {
    this.#change({ quality: level("quality", value) });
  }

  /** See {@link VncView.compression}. */
  get compression(): number {
    return this.#view.compression;
  }
  set compression(value: number) {
    this.#change({ compression: level("compression", value) });
  }

  /** See {@link VncView.showDotCursor}. */
  get showDotCursor(): boolean {
    return this.#view.showDotCursor;
  }
  set showDotCursor(value: boolean) {
    this.#change({ showDotCursor: value });
  }

  /** See {@link VncView.clipViewport}. */
  get clipViewport(): boolean {
    return this.#view.clipViewport;
  }
  set clipViewport(value: boolean) {
    this.#change({ clipViewport: value });
  }

  /** See {@link VncView.dragViewport}. */
  get dragViewport(): boolean {
    return this.#view.dragViewport;
  }
  set dragViewport(value: boolean) {
    this.#change({ dragViewport: value });
  }

  /** See {@link ConsoleConnection.connect}. */
  connect(): Promise<void> {
    noVnc.preload();
    return this.connection.connect();
  }

  /** See {@link ConsoleConnection.close}. */
  close(): Promise<void> {
    return this.connection.close();
  }

  /** Gives the keyboard to the machine. */
  focus(): void {
    this.#picture?.rfb.focus({ preventScroll: true });
  }

  /** Presses and releases a combination. Sends nothing while not connected or view-only. */
  sendKeys(combo: KeyCombo): void {
    press(comboKeys(combo), this.#sendKey);
  }

  /**
   * Sends an X11 keysym with its `KeyboardEvent.code`, for servers that want scan codes: down, up,
   * or without `down` both. Sends nothing while not connected or view-only.
   */
  sendKey(keysym: number, code?: string, down?: boolean): void {
    this.#picture?.rfb.sendKey(keysym, code ?? null, down);
  }

  /**
   * Types text key by key, `delayMs` (10) milliseconds apart; for machines without a clipboard.
   * Knows the US keyboard's Shift; other characters depend on the server. Types on in no other
   * connection than the one in which it began, and nothing while view-only.
   *
   * Rejects with a {@link ConsoleError}: `not_connected`, or `aborted` through `signal`.
   */
  typeText(text: string, options: { delayMs?: number; signal?: AbortSignal } = {}): Promise<void> {
    const picture = this.#picture;
    const connected = (): boolean => this.#picture === picture && this.state.status === "connected";
    return typeCharacters(text, this.#sendKey, connected, options);
  }

  /** Puts text on the machine's clipboard. Sends nothing while not connected or view-only. */
  paste(text: string): void {
    this.#picture?.rfb.clipboardPasteFrom(text);
  }

  /**
   * Puts the machine's clipboard on the person's. Resolves to false when the machine has told of
   * none, or the browser refuses: it wants a click or key before, and a secure context.
   */
  copyClipboard(): Promise<boolean> {
    return this.#clipboards.copy();
  }

  /**
   * Puts the person's clipboard on the machine's. Resolves to false while not connected or
   * view-only, or when the person or the browser refuses: the browser may ask for permission.
   */
  pasteClipboard(): Promise<boolean> {
    return this.#clipboards.paste();
  }

  /** The picture as an image. Rejects with a {@link ConsoleError} `not_connected` when there is none. */
  screenshot(type: "image/png" | "image/jpeg" = "image/png", quality?: number): Promise<Blob> {
    return new Promise((resolve, reject) => {
      const none = (): void => reject(new ConsoleError("not_connected", "there is no picture"));
      if (!this.#picture || this.state.status !== "connected") none();
      else this.#picture.rfb.toBlob((blob) => (blob ? resolve(blob) : none()), type, quality);
    });
  }

  /** Asks the hypervisor to act on the machine, where the event `capabilities` said that it can. */
  power(action: "shutdown" | "reboot" | "reset"): void {
    const rfb = this.#picture?.rfb;
    switch (action) {
      case "shutdown":
        rfb?.machineShutdown();
        break;
      case "reboot":
        rfb?.machineReboot();
        break;
      case "reset":
        rfb?.machineReset();
        break;
    }
  }

  /**
   * Shows the element that the console was given in full screen, with the keys that the browser
   * would keep for itself where it has the Keyboard Lock API. Ends with the console. Only after a
   * person's click or key; rejects with the browser's TypeError where it refuses.
   */
  requestFullscreen(): Promise<void> {
    return this.#fullScreen.enter();
  }

  /** Leaves full screen; does nothing when this console is not in it. */
  exitFullscreen(): Promise<void> {
    return this.#fullScreen.exit();
  }

  /** How much went over the connection, and how often the picture is drawn. */
  statistics(): VncStatistics {
    return { ...this.connection.statistics(), framesPerSecond: this.#picture?.frames.perSecond ?? 0 };
  }

  /** Listens for an event of the view or of its connection. */
  on<K extends keyof VncEvents>(
    type: K,
    listener: (event: VncEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    const emitter = (viewEvents.has(type) ? this.#events : this.connection) as Pick<Emitter<VncEvents>, "on">;
    return emitter.on(type, listener, options);
  }

  readonly #sendKey = (key: Key, down: boolean): void => this.sendKey(key.keysym, key.code, down);

  #change(change: Partial<VncView>): void {
    Object.assign(this.#view, change);
    this.#picture?.show(this.#view);
  }

  #follow(state: ConsoleState): void {
    if (state.status === "connecting") this.#target.append(this.#host);
    if (state.status === "connected" && this.#options.clipboardSync) this.#clipboards.sync(this.#host);
    if (state.status !== "reconnecting" && state.status !== "closed") return;
    this.#picture?.remove();
    this.#picture = null;
    this.#clipboards.forget();
    this.#host.replaceChildren();
    if (state.status !== "closed") return;
    this.#host.remove();
    // What the page says about the end must be seen; a browser that refuses is left already.
    this.#fullScreen.exit().catch(() => {});
  }

  async #attach(channel: ConsoleChannel): Promise<void> {
    try {
      const library = await noVnc.load();
      if (this.connection.channel !== channel) return;
      const options = { ...this.#options, label: this.#options.label ?? this.#target.ariaLabel };
      this.#picture = new Picture(library, this.#host, channel, options, {
        ready: () => this.connection.viewerReady(),
        waiting: () => this.connection.viewerWaiting(),
        failed: (detail) => this.connection.viewerFailed(detail),
        clipboard: (text) => {
          this.#clipboards.changed(text);
          this.#events.emit("clipboard", { text });
        },
        desktopName: (name) => this.#events.emit("desktopname", { name }),
        power: (power) => this.#events.emit("capabilities", { power }),
        bell: () => this.#events.emit("bell", undefined),
      });
      this.#picture.show(this.#view);
    } catch (error) {
      if (this.connection.channel === channel) {
        this.connection.viewerFailed(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

const scaleModes: readonly ScaleMode[] = ["none", "fit", "remote"];

function level(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 9) return value;
  throw new RangeError(`${name}: expected a whole number from 0 to 9, got ${String(value)}`);
}
