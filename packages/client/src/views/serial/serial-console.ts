import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { milliseconds, oneOf } from "../../util/validate.ts";
import { ConsoleConnection } from "../../connection/connection.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../../util/emitter.ts";
import { createHost } from "../host-element.ts";
import { ViewerLoader, importFailed } from "../viewer-loader.ts";
import { Log } from "../../connection/log.ts";
import { MAX_TIMER_MS } from "../../util/delay.ts";
import { reportError } from "../../util/report-error.ts";
import type { ConsoleEvents, ConsoleState } from "../../connection/model/state.ts";
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
import { Screen, SERIAL_KEYS, type XtermLibrary } from "./screen.ts";
import { adoptXtermStyles } from "./xterm-styles.ts";

type ViewEvents = Omit<SerialEvents, keyof ConsoleEvents>;
const VIEW_EVENTS: ReadonlySet<string> = new Set<keyof ViewEvents>(["title", "resize", "bell"]);

const XTERM = new ViewerLoader<XtermLibrary>("xterm.js", async () => {
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
 * A serial console in an element. The element must have a size. The first `connect()` loads
 * xterm.js; the page must include its style sheet, `@xterm/xterm/css/xterm.css`.
 *
 * The screen and its scrollback survive reconnections. They are cleared at the end, and earlier if
 * the session expires before the connection is back.
 */
export class SerialConsole implements SerialView {
  /** The console's connection, for `renew()`, `sendBreak()` and for the state. */
  readonly connection: ConsoleConnection;
  readonly #target: HTMLElement;
  readonly #host: HTMLElement;
  readonly #options: SerialOptions;
  readonly #events = new Emitter<ViewEvents>();
  readonly #log: Log;
  readonly #view: SerialView;
  readonly #renderer: SerialRenderer;
  readonly #pasteDelayMs: number;
  #screen: Screen | undefined;
  #expiresAt: number | undefined;
  #clearTimer: ReturnType<typeof setTimeout> | undefined;

  /** @throws TypeError or RangeError for an invalid option or element. */
  constructor(target: HTMLElement, options: SerialOptions) {
    this.#host = createHost(target, "serial");
    this.#target = target;
    this.#options = options;
    this.#log = new Log(options.log);
    this.#view = {
      fontSize: fontSize(options.fontSize ?? 14),
      readOnly: options.readOnly ?? false,
      theme: oneOf("theme", options.theme ?? "auto", THEMES),
      lineEnding: oneOf("lineEnding", options.lineEnding ?? "cr", LINE_ENDINGS),
      localEcho: options.localEcho ?? false,
    };
    this.#renderer = oneOf("renderer", options.renderer ?? "dom", RENDERERS);
    this.#pasteDelayMs = milliseconds("pasteDelayMs", options.pasteDelayMs ?? 10);
    this.connection = new ConsoleConnection({ ...options, waitForViewer: true });
    this.connection.on("state", (state) => this.#follow(state));
    this.connection.on("channel", (channel) => void this.#attach(channel));
  }

  /** See {@link ConsoleConnection.state}. */
  get state(): ConsoleState {
    return this.connection.state;
  }

  /** The font size in CSS pixels. */
  get fontSize(): number {
    return this.#view.fontSize;
  }
  set fontSize(value: number) {
    this.#change({ fontSize: fontSize(value) });
  }

  /** Ignores keyboard input and pastes. */
  get readOnly(): boolean {
    return this.#view.readOnly;
  }
  set readOnly(value: boolean) {
    this.#change({ readOnly: value });
  }

  /** The colors. */
  get theme(): SerialTheme {
    return this.#view.theme;
  }
  set theme(value: SerialTheme) {
    this.#change({ theme: oneOf("theme", value, THEMES) });
  }

  /** What Enter sends. */
  get lineEnding(): SerialLineEnding {
    return this.#view.lineEnding;
  }
  set lineEnding(value: SerialLineEnding) {
    this.#change({ lineEnding: oneOf("lineEnding", value, LINE_ENDINGS) });
  }

  /** Shows typed and pasted text, for machines that do not echo it. */
  get localEcho(): boolean {
    return this.#view.localEcho;
  }
  set localEcho(value: boolean) {
    this.#change({ localEcho: value });
  }

  /** See {@link ConsoleConnection.connect}. */
  connect(): Promise<void> {
    XTERM.preload();
    return this.connection.connect();
  }

  /** See {@link ConsoleConnection.close}. */
  close(): Promise<void> {
    return this.connection.close();
  }

  /** Moves the keyboard focus to the terminal. */
  focus(): void {
    this.#screen?.terminal.focus();
  }

  /** Sends text to the machine unchanged. Sends nothing while not connected or read-only. */
  write(text: string): void {
    this.#screen?.send(text);
  }

  /**
   * Sends a key as the keyboard does: its bytes depend on whether the machine's program has enabled
   * application cursor keys. Sends nothing while not connected or read-only.
   *
   * @throws RangeError for a key that is not in {@link SerialKey}.
   */
  sendKey(key: SerialKey): void {
    this.#screen?.press(oneOf("key", key, SERIAL_KEYS));
  }

  /**
   * Sends text as a paste: line breaks as Enter, bracketed if the machine asked for it, and slowly
   * ({@link SerialOptions.pasteDelayMs}). A paste waits for earlier ones.
   *
   * @param options - `signal` stops the paste
   * @returns resolves to whether all of the text was sent. It was not if `confirmPaste` refused,
   * `signal` was aborted, the console became read-only or the connection ended.
   */
  async paste(text: string, options: { signal?: AbortSignal } = {}): Promise<boolean> {
    const { channel } = this.connection;
    if (text === "" || this.readOnly || !(await this.#confirms(text))) return false;
    // A new connection may be another login: the user did not confirm the paste for it.
    if (!this.#screen || this.connection.channel !== channel) return false;
    return this.#screen.paste(text, this.#pasteDelayMs, options.signal);
  }

  /** See {@link ConsoleConnection.sendBreak}. Sends nothing while read-only. */
  sendBreak(durationMs?: number): boolean {
    return !this.readOnly && this.connection.sendBreak(durationMs);
  }

  /** The selected text; empty if nothing is selected. */
  get selection(): string {
    return this.#screen?.terminal.getSelection() ?? "";
  }

  /** Copies the selected text. Resolves to false if nothing is selected, or the browser refuses. */
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
   * Selects the next match in scrollback and screen, scrolls to it and marks the other matches.
   *
   * @param text - what to find; an empty text ends the search and removes the marks
   * @returns resolves to null if there is no match; rejects with a RangeError for an invalid regular
   * expression, and with a {@link ConsoleError} `viewer_failed` without the package
   * `@xterm/addon-search`.
   */
  async find(text: string, options: FindOptions = {}): Promise<FindResult | null> {
    return (await this.#screen?.find(text, options)) ?? null;
  }

  /**
   * Scrollback and screen with their colors: as escape sequences that print them, or as an HTML page.
   *
   * @returns resolves to an empty string once closed; rejects with a {@link ConsoleError}
   * `viewer_failed` without the package `@xterm/addon-serialize`.
   */
  async serialize(format: "ansi" | "html"): Promise<string> {
    return (await this.#screen?.serialize(oneOf("format", format, ["ansi", "html"]))) ?? "";
  }

  /** Scrollback and screen as plain text; empty once closed. */
  transcript(): string {
    return this.#screen?.text() ?? "";
  }

  /** Clears the scrollback and the screen except for the line with the cursor. */
  clear(): void {
    this.#screen?.terminal.clear();
  }

  /** Adds a listener for an event of the view or of its connection. */
  on<K extends keyof SerialEvents>(
    type: K,
    listener: (event: SerialEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    const emitter = (VIEW_EVENTS.has(type) ? this.#events : this.connection) as Pick<Emitter<SerialEvents>, "on">;
    return emitter.on(type, listener, options);
  }

  #change(change: Partial<SerialView>): void {
    Object.assign(this.#view, change);
    this.#screen?.apply(this.#view);
  }

  #follow(state: ConsoleState): void {
    switch (state.status) {
      case "connecting":
        this.#target.append(this.#host);
        adoptXtermStyles(this.#host);
        break;
      case "connected":
        this.#expiresAt = state.session?.expiresAt ?? undefined;
        clearTimeout(this.#clearTimer);
        break;
      case "reconnecting":
        if (state.cause.action === "authorize") this.#clear();
        else this.#clearAtExpiry();
        break;
      case "closed":
        this.#expiresAt = undefined;
        this.#clear();
        this.#host.remove();
        break;
      case "idle":
        break;
    }
  }

  #clear(): void {
    clearTimeout(this.#clearTimer);
    this.#screen?.remove();
    this.#screen = undefined;
  }

  /** While disconnected, the gateway cannot tell that the session expired. Keeps the terminal, which may have a new channel by then. */
  #clearAtExpiry(): void {
    if (this.#expiresAt === undefined) return;
    const leftMs = Math.max(0, this.#expiresAt - performance.now());
    clearTimeout(this.#clearTimer);
    this.#clearTimer = setTimeout(() => this.#screen?.terminal.reset(), Math.min(leftMs, MAX_TIMER_MS));
  }

  async #attach(channel: ConsoleChannel): Promise<void> {
    try {
      const library = await XTERM.load();
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
      reportError(error);
      return false;
    }
  }

  #open(library: XtermLibrary): Screen {
    const {
      scrollback = 5000,
      screenReader = false,
      label = this.#target.ariaLabel ?? undefined,
      onLink,
    } = this.#options;
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

const THEMES: readonly SerialTheme[] = ["dark", "light", "auto"];
const LINE_ENDINGS: readonly SerialLineEnding[] = ["cr", "lf", "crlf"];
const RENDERERS: readonly SerialRenderer[] = ["auto", "dom", "webgl"];

function fontSize(value: number): number {
  if (typeof value === "number" && value >= 1 && value <= 200) return value;
  throw new RangeError(`fontSize: expected pixels from 1 to 200, got ${String(value)}`);
}
