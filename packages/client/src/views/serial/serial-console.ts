import type { Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { ConsoleConnection } from "../../connection/connection.ts";
import { Log } from "../../connection/log.ts";
import type { ConnectionStatistics, ConsoleEvents, ConsoleState } from "../../connection/model/state.ts";
import { cleanName } from "../../util/clean-name.ts";
import { MAX_TIMER_MS } from "../../util/delay.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../../util/emitter.ts";
import { reportError } from "../../util/report-error.ts";
import { milliseconds, oneOf } from "../../util/validate.ts";
import { followAccess } from "../follow-access.ts";
import { createHost } from "../host-element.ts";
import { handleHostInput } from "../host-input.ts";
import type { PasteOptions } from "../progress.ts";
import { ViewerLoader, failViewer, importFailed } from "../viewer-loader.ts";
import { loadUnicode11, loadWebLinks } from "./addons.ts";
import { SERIAL_KEYS, SERIAL_MODIFIERS, type SerialKey, type SerialModifier } from "./key-sequences.ts";
import { type SerialCover, UNCOVERED } from "./cover.ts";
import type { FindOptions, FindResult, SerialEvents, SerialOptions, SerialRenderer, SerialView } from "./options.ts";
import { describePaste, needsConfirmation } from "./paste.ts";
import { SerialSettings } from "./live-settings.ts";
import { Screen, type ScreenOwner, type XtermLibrary } from "./screen.ts";
import { adoptXtermStyles } from "./xterm-styles.ts";

type ViewEvents = Omit<SerialEvents, keyof ConsoleEvents>;
const VIEW_EVENTS: ReadonlySet<string> = new Set<keyof ViewEvents>([
  "title",
  "resize",
  "bell",
  "output",
  "input",
  "paste",
  "leave",
  "droprefused",
]);

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
export class SerialConsole extends SerialSettings {
  /** The console's connection, for `renew()`, `sendBreak()` and for the state. */
  readonly connection: ConsoleConnection;
  readonly #target: HTMLElement;
  readonly #host: HTMLElement;
  readonly #options: SerialOptions;
  readonly #events = new Emitter<ViewEvents>();
  readonly #log: Log;
  readonly #renderer: SerialRenderer;
  readonly #pasteDelayMs: number;
  #library: XtermLibrary | undefined;
  #screen: Screen | undefined;
  #modifiers: ReadonlySet<SerialModifier> = new Set();
  #cover = UNCOVERED;
  /** When the session ends, on the clocks of `performance.now()` and of `Date.now()`. */
  #expiresAt: { readonly monotonic: number; readonly wall: number } | undefined;
  #clearTimer: ReturnType<typeof setTimeout> | undefined;

  /** @throws TypeError or RangeError for an invalid option or element. */
  constructor(target: HTMLElement, options: SerialOptions) {
    super(options);
    this.#host = createHost(target, "serial");
    this.#target = target;
    this.#options = options;
    this.#log = new Log(options.log);
    this.#renderer = oneOf("renderer", options.renderer ?? "dom", RENDERERS);
    this.#pasteDelayMs = milliseconds("pasteDelayMs", options.pasteDelayMs ?? 10);
    this.connection = new ConsoleConnection({ ...options, waitForViewer: true });
    handleHostInput(this.#host, options, {
      connection: this.connection,
      focus: () => this.focus(),
      leave: () => this.#events.emit("leave", undefined),
      dropRefused: () => this.#events.emit("droprefused", undefined),
    });
    followAccess(this.connection, this);
    this.connection.on("state", (state) => this.#follow(state));
    this.connection.on("channel", (channel) => void this.#attach(channel));
  }

  /**
   * xterm.js's terminal, for what this class does not offer, such as addons and decorations; null before the
   * first connection, once closed, and after the text of an expired session was removed. Do not write to
   * it or resize it.
   */
  get terminal(): Terminal | null {
    return this.#screen?.terminal ?? null;
  }

  /** See {@link ConsoleConnection.connect}. */
  connect(): Promise<void> {
    XTERM.preload();
    return this.connection.connect();
  }

  /** Moves the keyboard focus to the terminal. */
  focus(): void {
    this.#screen?.terminal.focus();
  }

  /** Sends text to the machine, only encoded. Sends nothing while not connected or view only. */
  write(text: string): void {
    this.#screen?.input.send(text);
  }

  /**
   * Sends a key as the keyboard does: its bytes depend on whether the machine's program has enabled
   * application cursor keys. Sends nothing while not connected or view only.
   *
   * @throws RangeError for a key that is not in {@link SerialKey}, or a modifier not in {@link SerialModifier}.
   */
  sendKey(key: SerialKey, modifiers: readonly SerialModifier[] = []): void {
    this.#screen?.input.press(oneOf("key", key, SERIAL_KEYS), modifierSet("modifiers", modifiers));
  }

  /**
   * Modifiers that are added to every key that is typed, until they are removed: for keys on the screen
   * of a phone, whose keyboard has none.
   *
   * @throws RangeError when set to something that is not in {@link SerialModifier}.
   */
  get heldModifiers(): readonly SerialModifier[] {
    return [...this.#modifiers];
  }
  set heldModifiers(modifiers: readonly SerialModifier[]) {
    this.#modifiers = modifierSet("heldModifiers", modifiers);
    if (this.#screen) this.#screen.input.modifiers = this.#modifiers;
  }

  /**
   * How much of the element's top and bottom the page covers, for example with a warning or a phone's
   * keyboard, in CSS pixels. The terminal keeps its size, which the machine does not learn, and moves as far
   * as the line with the cursor, or the selected match of a search, would be covered.
   *
   * @throws RangeError when set to something else than numbers from 0.
   */
  get covered(): SerialCover {
    return this.#cover;
  }
  set covered({ top, bottom }: SerialCover) {
    this.#cover = { top: pixels("covered.top", top), bottom: pixels("covered.bottom", bottom) };
    if (this.#screen) this.#screen.shift.cover = this.#cover;
  }

  /**
   * Sends text as a paste: line breaks as Enter, bracketed if the machine asked for it, and slowly
   * ({@link SerialOptions.pasteDelayMs}). A paste waits for earlier ones. Esc and Ctrl + C in the terminal
   * stop it.
   *
   * @param options - `signal` stops the paste; `onProgress` is called as it goes on
   * @returns resolves to whether all of the text was sent. It was not if `confirmPaste` refused or
   * {@link ClipboardOptions} do not allow it, the paste was stopped, the console became view only or the connection ended.
   */
  async paste(text: string, options: PasteOptions = {}): Promise<boolean> {
    const { channel } = this.connection;
    if (text === "" || this.viewOnly || !this.clipboardPolicy.toMachine(text)) return false;
    if (!(await this.#confirms(text))) return false;
    // A new connection may be another login: the user did not confirm the paste for it.
    if (!this.#screen || this.connection.channel !== channel) return false;
    return this.#screen.input.paste(text, this.#pasteDelayMs, options);
  }

  /** Stops the running paste and those that wait for it. Returns whether there was one. */
  cancelPaste(): boolean {
    return this.#screen?.input.cancelPaste() ?? false;
  }

  /** See {@link ConsoleConnection.sendBreak}. Sends nothing while view only. */
  sendBreak(durationMs?: number): boolean {
    return !this.viewOnly && this.connection.sendBreak(durationMs);
  }

  /** The selected text; empty if nothing is selected. */
  get selection(): string {
    return this.#screen?.terminal.getSelection() ?? "";
  }

  /** Copies the selected text. Resolves to false if nothing is selected, or the browser refuses. */
  async copySelection(): Promise<boolean> {
    const text = this.selection;
    if (text === "" || !this.clipboardPolicy.fromMachine(text)) return false;
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

  /** Selects everything in scrollback and screen. */
  selectAll(): void {
    this.#screen?.terminal.selectAll();
  }

  /** Clears the scrollback and the screen except for the line with the cursor. */
  clear(): void {
    this.#screen?.terminal.clear();
  }

  /**
   * Resets the terminal's modes, colors, character sets and cursor, and leaves the alternate screen, for
   * programs that ended without doing so. Screen and scrollback stay. The machine learns nothing of it. It
   * also happens at each new connection.
   */
  resetTerminal(): void {
    this.#screen?.resetModes();
  }

  /** Traffic and round trip; see {@link ConsoleConnection.statistics}. */
  statistics(): ConnectionStatistics {
    return this.connection.statistics();
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

  /** @internal */
  protected override applySettings(view: SerialView): void {
    this.#screen?.apply(view);
  }

  #follow(state: ConsoleState): void {
    switch (state.status) {
      case "connecting":
        this.#target.append(this.#host);
        adoptXtermStyles(this.#host);
        this.#clearAtExpiry();
        break;
      case "connected":
        this.#expiresAt = onBothClocks(state.session?.expiresAt);
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

  /** While disconnected, the gateway cannot tell that the session expired. One clock stands still while the computer sleeps. */
  #clearAtExpiry(): void {
    clearTimeout(this.#clearTimer);
    if (this.#expiresAt === undefined) return;
    const { monotonic, wall } = this.#expiresAt;
    const leftMs = Math.max(0, Math.min(monotonic - performance.now(), wall - Date.now()));
    this.#clearTimer = setTimeout(() => this.#wipe(), Math.min(leftMs, MAX_TIMER_MS));
  }

  /** Replaces the terminal, whose text and queued output belong to an expired session. It may have a new channel already. */
  #wipe(): void {
    const { channel } = this.connection;
    const attached = this.#screen?.channel === channel;
    this.#expiresAt = undefined;
    this.#clear();
    if (!channel || !attached || !this.#library) return;
    this.#screen = this.#open(this.#library);
    this.#screen.attach(channel);
  }

  async #attach(channel: ConsoleChannel): Promise<void> {
    try {
      this.#library = await XTERM.load();
      if (this.connection.channel !== channel) return;
      this.#screen ??= this.#open(this.#library);
      this.#screen.attach(channel);
      this.connection.viewerReady(channel);
    } catch (error) {
      failViewer(this.connection, error, channel);
    }
  }

  async #confirms(text: string): Promise<boolean> {
    const paste = describePaste(text, this.encoding);
    const { confirmPaste } = this.#options;
    try {
      return !confirmPaste || !needsConfirmation(paste) || (await confirmPaste(paste));
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
    const screen = new Screen(library, this.#host, this.settings, options, this.#owner);
    screen.input.modifiers = this.#modifiers;
    screen.shift.cover = this.#cover;
    return screen;
  }

  readonly #owner: ScreenOwner = {
    title: (title) => this.#events.emit("title", { title: cleanName(title) }),
    resize: (cols, rows) => this.#events.emit("resize", { cols, rows }),
    bell: () => this.#events.emit("bell", undefined),
    pasted: (text) => void this.paste(text),
    pasteProgress: (progress) => this.#events.emit("paste", progress),
    copy: () => void this.copySelection(),
    mayCopy: (text) => this.clipboardPolicy.fromMachine(text),
    transferred: (direction, data) => this.#events.emit(direction, { data }),
    warn: (message) => this.#log.write("warn", message),
  };
}

const RENDERERS: readonly SerialRenderer[] = ["auto", "dom", "webgl"];

function modifierSet(name: string, modifiers: readonly SerialModifier[]): ReadonlySet<SerialModifier> {
  return new Set(modifiers.map((modifier) => oneOf(name, modifier, SERIAL_MODIFIERS)));
}

function pixels(name: string, value: number): number {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new RangeError(`${name}: expected pixels from 0, got ${String(value)}`);
}

function onBothClocks(expiresAt: number | null | undefined): { monotonic: number; wall: number } | undefined {
  if (typeof expiresAt !== "number") return undefined;
  return { monotonic: expiresAt, wall: Date.now() + expiresAt - performance.now() };
}
