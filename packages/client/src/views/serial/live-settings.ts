import { type ClipboardDirection, ClipboardPolicy } from "../clipboard-policy.ts";
import { ConnectedView } from "../connected-view.ts";
import type { SerialEncoding } from "./encodings.ts";
import type {
  SerialBackspace,
  SerialLineEnding,
  SerialOptions,
  SerialSize,
  SerialTheme,
  SerialView,
} from "./options.ts";
import { resolveView } from "./settings.ts";

/** The settings of a {@link SerialConsole} as properties. They can change at any time. */
export abstract class SerialSettings extends ConnectedView implements SerialView {
  #view: SerialView;

  /** @internal */
  protected readonly clipboardPolicy: ClipboardPolicy;

  /** @internal */
  constructor(options: SerialOptions) {
    super();
    this.#view = resolveView(options);
    this.clipboardPolicy = new ClipboardPolicy(options);
  }

  /** See {@link ClipboardOptions.clipboard}. */
  get clipboard(): ClipboardDirection {
    return this.clipboardPolicy.direction;
  }
  set clipboard(clipboard: ClipboardDirection) {
    this.clipboardPolicy.direction = clipboard;
  }

  /** See {@link SerialView.fontSize}. */
  get fontSize(): number {
    return this.#view.fontSize;
  }
  set fontSize(fontSize: number) {
    this.#change({ fontSize });
  }

  /** See {@link SerialView.fontFamily}. */
  get fontFamily(): string {
    return this.#view.fontFamily;
  }
  set fontFamily(fontFamily: string) {
    this.#change({ fontFamily });
  }

  /** See {@link SerialView.viewOnly}. */
  get viewOnly(): boolean {
    return this.#view.viewOnly;
  }
  set viewOnly(viewOnly: boolean) {
    this.#change({ viewOnly });
  }

  /** See {@link SerialView.theme}. */
  get theme(): SerialTheme {
    return this.#view.theme;
  }
  set theme(theme: SerialTheme) {
    this.#change({ theme });
  }

  /** See {@link SerialView.size}. */
  get size(): SerialSize {
    return this.#view.size;
  }
  set size(size: SerialSize) {
    this.#change({ size });
  }

  /** See {@link SerialView.lineEnding}. */
  get lineEnding(): SerialLineEnding {
    return this.#view.lineEnding;
  }
  set lineEnding(lineEnding: SerialLineEnding) {
    this.#change({ lineEnding });
  }

  /** See {@link SerialView.backspace}. */
  get backspace(): SerialBackspace {
    return this.#view.backspace;
  }
  set backspace(backspace: SerialBackspace) {
    this.#change({ backspace });
  }

  /** See {@link SerialView.encoding}. */
  get encoding(): SerialEncoding {
    return this.#view.encoding;
  }
  set encoding(encoding: SerialEncoding) {
    this.#change({ encoding });
  }

  /** See {@link SerialView.convertEol}. */
  get convertEol(): boolean {
    return this.#view.convertEol;
  }
  set convertEol(convertEol: boolean) {
    this.#change({ convertEol });
  }

  /** See {@link SerialView.localEcho}. */
  get localEcho(): boolean {
    return this.#view.localEcho;
  }
  set localEcho(localEcho: boolean) {
    this.#change({ localEcho });
  }

  /** See {@link SerialView.copyOnSelect}. */
  get copyOnSelect(): boolean {
    return this.#view.copyOnSelect;
  }
  set copyOnSelect(copyOnSelect: boolean) {
    this.#change({ copyOnSelect });
  }

  /** @internal Applies changed settings. */
  protected abstract applySettings(view: SerialView): void;

  /** @internal All settings. */
  protected get settings(): SerialView {
    return this.#view;
  }

  #change(change: Partial<SerialView>): void {
    this.#view = resolveView({ ...this.#view, ...change });
    this.applySettings(this.#view);
  }
}
