import type RFB from "@novnc/novnc";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { cleanName } from "../../util/clean-name.ts";
import { oneOf } from "../../util/validate.ts";
import { ConsoleConnection } from "../../connection/connection.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../../util/emitter.ts";
import { ConsoleError } from "../../connection/model/errors.ts";
import { Log } from "../../connection/log.ts";
import { type ClipboardDirection, ClipboardPolicy } from "../clipboard-policy.ts";
import { noticeComposition } from "../composition.ts";
import { followAccess } from "../follow-access.ts";
import { handleHostInput } from "../host-input.ts";
import { createHost, sizeProblem } from "../host-element.ts";
import { ScreenConsole } from "../screen-console.ts";
import { ViewerLoader, failViewer, importFailed } from "../viewer-loader.ts";
import type { ConsoleEvents, ConsoleState } from "../../connection/model/state.ts";
import { Clipboards } from "./clipboards.ts";
import { charactersOutsideLatin1 } from "./clipboard-text.ts";
import { CredentialStore } from "./credentials.ts";
import type { ScaleMode, VncEvents, VncOptions, VncStatistics, VncView } from "./options.ts";
import { VNC_VIEW_DEFAULTS } from "./defaults.ts";
import { RfbClient } from "./rfb-client.ts";
import { anyKeyboard, layoutOf, strokesOf } from "../keyboard/strokes.ts";
import { type ScreenPasteOptions, Typist, stopOnKeys } from "../keyboard/typist.ts";

type ViewEvents = Omit<VncEvents, keyof ConsoleEvents>;
const VIEW_EVENTS: ReadonlySet<string> = new Set<keyof ViewEvents>([
  "clipboard",
  "title",
  "capabilities",
  "bell",
  "paste",
  "leave",
  "droprefused",
  "composition",
]);

const NOVNC = new ViewerLoader<typeof RFB>("noVNC", async () => {
  try {
    return (await import("@novnc/novnc")).default;
  } catch (error) {
    throw importFailed("@novnc/novnc", error);
  }
});

/**
 * A VNC console in an element. The element must have a size. The first `connect()` loads noVNC.
 *
 * The screen is shown only while the console is connected. It is removed whenever the connection is
 * lost, and at the end.
 */
export class VncConsole extends ScreenConsole implements VncView {
  /** The console's connection, for `renew()` and for the state. */
  readonly connection: ConsoleConnection;
  readonly #target: HTMLElement;
  readonly #host: HTMLElement;
  readonly #options: VncOptions;
  readonly #events = new Emitter<ViewEvents>();
  readonly #log: Log;
  readonly #view: VncView;
  readonly #policy: ClipboardPolicy;
  readonly #clipboards = new Clipboards({
    canSend: () => !this.viewOnly && this.state.status === "connected" && this.#policy.toMachine(),
    send: (text) => this.setClipboard(text),
  });
  readonly #typist = new Typist({
    send: (key, down) => this.pressKey(key, down),
    connection: () => (this.state.status === "connected" && !this.viewOnly ? this.#rfbClient : undefined),
    capsLock: () => this.#rfbClient?.typingTarget.capsLock ?? false,
    shown: async (signal) => this.#rfbClient?.typingTarget.shown(signal),
    progress: (progress) => this.#events.emit("paste", progress),
  });
  #credentials: CredentialStore;
  #rfbClient: RfbClient | undefined;

  /** @throws TypeError or RangeError for an invalid option or element. */
  constructor(target: HTMLElement, options: VncOptions) {
    super(target);
    this.#host = createHost(target, "vnc");
    this.#target = target;
    this.#options = options;
    this.#policy = new ClipboardPolicy(options);
    this.#log = new Log(options.log);
    this.#credentials = new CredentialStore(options.credentials);
    this.#view = {
      viewOnly: options.viewOnly ?? VNC_VIEW_DEFAULTS.viewOnly,
      scale: oneOf("scale", options.scale ?? VNC_VIEW_DEFAULTS.scale, SCALE_MODES),
      quality: level("quality", options.quality ?? VNC_VIEW_DEFAULTS.quality),
      compression: level("compression", options.compression ?? VNC_VIEW_DEFAULTS.compression),
      showDotCursor: options.showDotCursor ?? VNC_VIEW_DEFAULTS.showDotCursor,
      clipViewport: options.clipViewport ?? VNC_VIEW_DEFAULTS.clipViewport,
      dragViewport: options.dragViewport ?? VNC_VIEW_DEFAULTS.dragViewport,
    };
    this.connection = new ConsoleConnection({ ...options, waitForViewer: true });
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
    // noVNC starts while the socket opens.
    this.connection.on("opening", (channel) => void this.#attach(channel));
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
    this.#change({ scale: oneOf("scale", value, SCALE_MODES) });
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

  /**
   * noVNC's object of the current connection, an `RFB` of `@novnc/novnc`, for what this class does not offer. Null while
   * there is none; a new one for each connection. Set its properties here instead, and do not disconnect it.
   */
  get rfb(): object | null {
    return this.#rfbClient?.rfb ?? null;
  }

  /** See {@link ScreenConsole.canvas}. */
  get canvas(): HTMLCanvasElement | null {
    return this.#rfbClient?.canvas ?? null;
  }

  /** See {@link ClipboardOptions.clipboard}. */
  get clipboard(): ClipboardDirection {
    return this.#policy.direction;
  }
  set clipboard(value: ClipboardDirection) {
    this.#policy.direction = value;
  }

  /** See {@link ConsoleConnection.connect}. */
  connect(): Promise<void> {
    NOVNC.preload();
    return this.connection.connect();
  }

  /** Moves the keyboard focus to the machine's screen. */
  focus(): void {
    this.#rfbClient?.rfb.focus({ preventScroll: true });
  }

  /**
   * Sends a key. Sends nothing while not connected or view-only.
   *
   * @param keysym - X11 keysym
   * @param code - `KeyboardEvent.code`, for servers that use scan codes
   * @param down - whether to press or release the key; undefined does both
   */
  sendKey(keysym: number, code?: string, down?: boolean): void {
    this.#rfbClient?.sendKey({ keysym, ...(code === undefined ? {} : { code }) }, down);
  }

  /** See {@link ScreenConsole.paste}. */
  async paste(text: string, options: ScreenPasteOptions = {}): Promise<boolean> {
    const layout = layoutOf(options);
    const keyboard = this.#rfbClient?.typingTarget.keyboard(layout) ?? anyKeyboard;
    return this.#typist.type(strokesOf(text, keyboard), options);
  }

  /** See {@link ScreenConsole.cancelPaste}. */
  cancelPaste(): boolean {
    return this.#typist.cancel();
  }

  /**
   * Sets the machine's clipboard.
   *
   * @returns false, and sends nothing, while not connected or view-only, if the machine's clipboard lacks
   * characters of the text (see {@link missingInClipboard}), and if {@link ClipboardOptions} do not allow it.
   */
  setClipboard(text: string): boolean {
    if (this.viewOnly || this.state.status !== "connected" || this.missingInClipboard(text) !== "") return false;
    if (!this.#policy.toMachine(text)) return false;
    this.#rfbClient?.rfb.clipboardPasteFrom(text);
    return true;
  }

  /**
   * The characters of a text that the machine's clipboard lacks, each once. It is limited to Latin-1
   * (ISO 8859-1) if the server does not support the extended clipboard.
   */
  missingInClipboard(text: string): string {
    return this.#rfbClient?.hasUnicodeClipboard === true ? "" : charactersOutsideLatin1(text);
  }

  /**
   * Copies the machine's clipboard to the browser's. Call it in a click or key handler, in a secure
   * context.
   *
   * @returns false if the machine's clipboard is unknown, or the browser refuses.
   */
  copyClipboard(): Promise<boolean> {
    return this.#clipboards.copy();
  }

  /**
   * Copies the browser's clipboard to the machine's. The browser may ask the user for permission.
   *
   * @returns false while not connected or view-only, or if the browser or the user refuses.
   */
  pasteClipboard(): Promise<boolean> {
    return this.#clipboards.paste();
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
      if (!this.#rfbClient || this.state.status !== "connected") none();
      else this.#rfbClient.rfb.toBlob((blob) => (blob ? resolve(blob) : none()), type, quality);
    });
  }

  /** Asks the hypervisor to shut down, reboot or reset the machine, if the event `capabilities` said that it can. */
  power(action: "shutdown" | "reboot" | "reset"): void {
    const rfb = this.#rfbClient?.rfb;
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

  /** Traffic, round trip and frames per second. */
  statistics(): VncStatistics {
    return { ...this.connection.statistics(), framesPerSecond: this.#rfbClient?.fps.perSecond ?? 0 };
  }

  /** Adds a listener for an event of the view or of its connection. */
  on<K extends keyof VncEvents>(
    type: K,
    listener: (event: VncEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    const emitter = (VIEW_EVENTS.has(type) ? this.#events : this.connection) as Pick<Emitter<VncEvents>, "on">;
    return emitter.on(type, listener, options);
  }

  #change(change: Partial<VncView>): void {
    Object.assign(this.#view, change);
    this.#rfbClient?.apply(this.#view);
  }

  #follow(state: ConsoleState): void {
    if (state.status === "connecting") this.#target.append(this.#host);
    if (state.status === "connected" && this.#options.clipboardSync) this.#clipboards.sync(this.#host);
    if (state.status !== "reconnecting" && state.status !== "closed") return;
    this.#rfbClient?.remove();
    this.#rfbClient = undefined;
    this.#clipboards.forget();
    this.#host.replaceChildren();
    if (state.status !== "closed") return;
    this.#host.remove();
    this.#credentials = new CredentialStore(this.#options.credentials);
    // The user must see what the page tells about the end. If the browser refuses, full screen was left already.
    this.exitFullscreen().catch(() => {});
  }

  #onRejected(detail: string, channel: ConsoleChannel): void {
    const canAskAgain = this.#credentials.rejected() && this.#options.onCredentialsRequired !== undefined;
    this.connection.viewerFailed(detail, "credentials_rejected", { channel, retry: canAskAgain });
  }

  async #attach(channel: ConsoleChannel): Promise<void> {
    try {
      const library = await NOVNC.load();
      if (this.connection.channel !== channel) return;
      const options = {
        ...this.#options,
        credentialStore: this.#credentials,
        label: this.#options.label ?? this.#target.ariaLabel ?? undefined,
      };
      this.#rfbClient = new RfbClient(library, this.#host, channel, options, {
        ready: () => {
          this.connection.viewerReady(channel);
          const problem = sizeProblem(this.#host);
          if (problem !== undefined) this.#log.write("warn", problem);
        },
        waiting: () => this.connection.viewerWaiting(channel),
        answered: () => this.connection.viewerAnswered(channel),
        rejected: (detail) => this.#onRejected(detail, channel),
        failed: (detail, reason) => this.connection.viewerFailed(detail, reason, { channel }),
        clipboard: (text) => {
          if (!this.#policy.fromMachine(text)) return;
          this.#clipboards.changed(text);
          this.#events.emit("clipboard", { text });
        },
        desktopName: (name) => this.#events.emit("title", { title: cleanName(name) }),
        power: (power) => this.#events.emit("capabilities", { power }),
        bell: () => this.#events.emit("bell", undefined),
      });
      this.#rfbClient.apply(this.#view);
    } catch (error) {
      failViewer(this.connection, error, channel);
    }
  }
}

const SCALE_MODES: readonly ScaleMode[] = ["none", "fit", "remote"];

function level(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 9) return value;
  throw new RangeError(`${name}: expected a whole number from 0 to 9, got ${String(value)}`);
}
