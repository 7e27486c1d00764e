import type { ConsoleChannel } from "../channel.ts";
import { milliseconds, oneOf } from "../check.ts";
import { ConsoleConnection } from "../connection.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../emitter.ts";
import { createHost } from "../host-element.ts";
import { ViewerLoader, importFailed } from "../load-viewer.ts";
import { Log } from "../log.ts";
import { report } from "../report.ts";
import type { ConsoleEvents, ConsoleState } from "../state.ts";
import { loadUnicode11, loadWebLinks } from "./addons.ts";
import type {
  FindOptions,
  FindResult,
  SerialEvents,
  SerialKey,
  SerialLineEnding,
  SerialOptions,
  SerialRenderer,
  SerialTheme,
  SerialView,
} from "./options.ts";
import { describePaste } from "./paste.ts";
import { Screen, serialKeys, type XtermLibrary } from "./screen.ts";

type ViewEvents = Omit<SerialEvents, keyof ConsoleEvents>;
const viewEvents: ReadonlySet<string> = new Set<keyof ViewEvents>(["title", "resize", "bell"]);

/** The longest delay of a browser's timer. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const xterm = new ViewerLoader<XtermLibrary>("xterm.js", async () => {
  try {
    const [{ Terminal }, { FitAddon }, Unicode11Addon, WebLinksAddon] = await Promise.all([
      import("@xterm/xterm"),
      import("@xterm/addon-fit"),
      loadUnicode11(),
      loadWebLinks(),
    ]);
    return { Terminal, FitAddon, Unicode11Addon, WebLinksAddon };
  } catch (error) {
    throw importFailed("@xterm/xterm or @xterm/addon-fit", error);
  }
});

/**
 * A serial console in an element, which must have a size. xterm.js is loaded by the first
 * `connect()`; the page includes its style sheet, `@xterm/xterm/css/xterm.css`.
 *
 * The screen and its scrollback survive reconnections. They are wiped at the end, and earlier when
 * the session's time is over before the connection comes back.
 */
export class SerialConsole implements SerialView {
  /** The connection below, for `renew()`, `sendBreak()` and for the state. */
  readonly connection: ConsoleConnection;
  readonly #target: HTMLElement;
  readonly #host: HTMLElement;
  readonly #options: SerialOptions;
  readonly #events = new Emitter<ViewEvents>();
  readonly #log: Log;
  readonly #view: SerialView;
  readonly #renderer: SerialRenderer;
  readonly #pasteDelayMs: number;
  #screen: Screen | null = null;
  #expiresAt: number | null = null;
  #wipeTimer: ReturnType<typeof setTimeout> | undefined;

  /** @throws TypeError or RangeError for an option or an element that does not fit. */
  constructor(target: HTMLElement, options: SerialOptions) {
    this.#host = createHost(target, "serial");
    this.#target = target;
    this.#options = options;
    this.#log = new Log(options.log);
    this.#view = {
      fontSize: fontSize(options.fontSize ?? 14),
      readOnly: options.readOnly ?? false,
      theme: oneOf("theme", options.theme ?? "auto", themes),
      lineEnding: oneOf("lineEnding", options.lineEnding ?? "cr", lineEndings),
      localEcho: options.localEcho ?? false,
    };
    this.#renderer = oneOf("renderer", options.renderer ?? "dom", renderers);
    this.#pasteDelayMs = milliseconds("pasteDelayMs", options.pasteDelayMs ?? 10);
    this.connection = new ConsoleConnection({ ...options, waitForViewer: true });
    this.connection.on("state", (state) => this.#follow(state));
    this.connection.on("channel", (channel) => void this.#attach(channel));
  }

  /** See {@link ConsoleConnection.state}. */
  get state(): ConsoleState {
    return this.connection.state;
  }

  /** CSS pixels. */
  get fontSize(): number {
    return this.#view.fontSize;
  }
  set fontSize(value: number) {
    this.#change({ fontSize: fontSize(value) });
  }

  /** Sends nothing that is typed or pasted. */
  get readOnly(): boolean {
    return this.#view.readOnly;
  }
  set readOnly(value: boolean) {
    this.#change({ readOnly: value });
  }

  /** Colours. */
  get theme(): SerialTheme {
    return this.#view.theme;
  }
  set theme(value: SerialTheme) {
    this.#change({ theme: oneOf("theme", value, themes) });
  }

  /** What Enter sends. */
  get lineEnding(): SerialLineEnding {
    return this.#view.lineEnding;
  }
  set lineEnding(value: SerialLineEnding) {
    this.#change({ lineEnding: oneOf("lineEnding", value, lineEndings) });
  }

  /** Shows what is typed and pasted: for lines whose machine does not send it back. */
  get localEcho(): boolean {
    return this.#view.localEcho;
  }
  set localEcho(value: boolean) {
    this.#change({ localEcho: value });
  }

  /** See {@link ConsoleConnection.connect}. */
  connect(): Promise<void> {
    xterm.preload();
    return this.connection.connect();
  }

  /** See {@link ConsoleConnection.close}. */
  close(): Promise<void> {
    return this.connection.close();
  }

  /** Gives the keyboard to the terminal. */
  focus(): void {
    this.#screen?.terminal.focus();
  }

  /** Sends text to the machine as it is. Sends nothing while not connected or read-only. */
  write(text: string): void {
    this.#screen?.send(text);
  }

  /**
   * Sends a key as the keyboard would: its bytes depend on whether the machine's program has
   * switched to application cursor keys. Sends nothing while not connected or read-only.
   *
   * @throws RangeError for a key that is none of {@link SerialKey}.
   */
  sendKey(key: SerialKey): void {
    this.#screen?.press(oneOf("key", key, serialKeys));
  }

  /**
   * Sends text as a paste: with line breaks as Enter, bracketed where the machine asked for it, and
   * slowly ({@link SerialOptions.pasteDelayMs}). A paste waits for the one before it.
   *
   * Resolves to whether all of it was sent: not when `confirmPaste` said no, nor when `signal` was
   * aborted, the console became read-only or its connection ended.
   */
  async paste(text: string, options: { signal?: AbortSignal } = {}): Promise<boolean> {
    const { channel } = this.connection;
    if (text === "" || this.readOnly || !(await this.#confirms(text))) return false;
    // Another connection may be another login: what was confirmed was not meant for it.
    if (!this.#screen || this.connection.channel !== channel) return false;
    return this.#screen.paste(text, this.#pasteDelayMs, options.signal);
  }

  /** See {@link ConsoleConnection.sendBreak}. Sends nothing while read-only. */
  sendBreak(durationMs?: number): boolean {
    return !this.readOnly && this.connection.sendBreak(durationMs);
  }

  /** The text that is selected; empty when nothing is. */
  get selection(): string {
    return this.#screen?.terminal.getSelection() ?? "";
  }

  /** Copies what is selected. Resolves to false when nothing is, or the browser refuses. */
  async copySelection(): Promise<boolean> {
    const text = this.selection;
    if (text === "") return false;
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Selects the next match in scrollback and screen, scrolls to it and marks the others. Null when
   * there is none; an empty text ends the search and its marks.
   *
   * Rejects with a RangeError for a regular expression that is none, and with a
   * {@link ConsoleError} `viewer_failed` without the package `@xterm/addon-search`.
   */
  async find(text: string, options: FindOptions = {}): Promise<FindResult | null> {
    return (await this.#screen?.find(text, options)) ?? null;
  }

  /**
   * Scrollback and screen with their colours: as the escape sequences that print them, or as a page
   * of HTML. Empty once closed. Rejects with a {@link ConsoleError} `viewer_failed` without the
   * package `@xterm/addon-serialize`.
   */
  async serialize(format: "ansi" | "html"): Promise<string> {
    return (await this.#screen?.serialize(oneOf("format", format, ["ansi", "html"]))) ?? "";
  }

  /** Scrollback and screen as plain text; empty once closed. */
  transcript(): string {
    return this.#screen?.text() ?? "";
  }

  /** Clears the scrollback and the screen but for the line with the cursor. */
  clear(): void {
    this.#screen?.terminal.clear();
  }

  /** Listens for an event of the view or of its connection. */
  on<K extends keyof SerialEvents>(
    type: K,
    listener: (event: SerialEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    const emitter = (viewEvents.has(type) ? this.#events : this.connection) as Pick<Emitter<SerialEvents>, "on">;
    return emitter.on(type, listener, options);
  }

  #change(change: Partial<SerialView>): void {
    Object.assign(this.#view, change);
    this.#screen?.show(this.#view);
  }

  #follow(state: ConsoleState): void {
    switch (state.status) {
      case "connecting":
        this.#target.append(this.#host);
        break;
      case "connected":
        this.#expiresAt = state.session?.expiresAt ?? null;
        clearTimeout(this.#wipeTimer);
        break;
      case "reconnecting":
        if (state.cause.action === "authorize") this.#wipe();
        else this.#wipeAtExpiry();
        break;
      case "closed":
        this.#expiresAt = null;
        this.#wipe();
        this.#host.remove();
        break;
      case "idle":
        break;
    }
  }

  #wipe(): void {
    clearTimeout(this.#wipeTimer);
    this.#screen?.remove();
    this.#screen = null;
  }

  /** Nobody is there to say that the time is over. The terminal stays: it may have a new channel by then. */
  #wipeAtExpiry(): void {
    if (this.#expiresAt === null) return;
    const leftMs = Math.max(0, this.#expiresAt - performance.now());
    clearTimeout(this.#wipeTimer);
    this.#wipeTimer = setTimeout(() => this.#screen?.terminal.reset(), Math.min(leftMs, MAX_DELAY_MS));
  }

  async #attach(channel: ConsoleChannel): Promise<void> {
    try {
      const library = await xterm.load();
      if (this.connection.channel !== channel) return;
      this.#screen ??= this.#open(library);
      this.#screen.attach(channel);
      this.connection.viewerReady();
    } catch (error) {
      if (this.connection.channel === channel) {
        this.connection.viewerFailed(error instanceof Error ? error.message : String(error));
      }
    }
  }

  async #confirms(text: string): Promise<boolean> {
    const { hasBreaks, ...paste } = describePaste(text);
    try {
      return !hasBreaks || ((await this.#options.confirmPaste?.(paste)) ?? true);
    } catch (error) {
      report(error);
      return false;
    }
  }

  #open(library: XtermLibrary): Screen {
    const { scrollback = 5000, screenReader = false, label = this.#target.ariaLabel, onLink } = this.#options;
    const options = { scrollback, screenReader, label, renderer: this.#renderer, ...(onLink ? { onLink } : {}) };
    return new Screen(library, this.#host, this.#view, options, {
      title: (title) => this.#events.emit("title", { title }),
      resize: (cols, rows) => this.#events.emit("resize", { cols, rows }),
      bell: () => this.#events.emit("bell", undefined),
      pasted: (text) => void this.paste(text),
      missingStyles: () =>
        this.#log.write("warn", "xterm.css is missing: import @xterm/xterm/css/xterm.css into the page"),
    });
  }
}

const themes: readonly SerialTheme[] = ["dark", "light", "auto"];
const lineEndings: readonly SerialLineEnding[] = ["cr", "lf", "crlf"];
const renderers: readonly SerialRenderer[] = ["auto", "dom", "webgl"];

function fontSize(value: number): number {
  if (typeof value === "number" && value >= 1 && value <= 200) return value;
  throw new RangeError(`fontSize: expected pixels from 1 to 200, got ${String(value)}`);
}
