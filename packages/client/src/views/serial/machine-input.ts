import type { Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { delay } from "../../util/delay.ts";
import { Pacer } from "../../util/pacer.ts";
import { type Bytes, encode } from "./encodings.ts";
import { type SerialKey, type SerialModifier, sequenceOf, withModifiers } from "./key-sequences.ts";
import type { SerialLineEnding, SerialView } from "./options.ts";
import type { PasteOptions, PasteProgress } from "../progress.ts";
import { encodePaste } from "./paste.ts";
import { Telnet } from "./telnet.ts";

const LINE_ENDINGS: Readonly<Record<SerialLineEnding, string>> = { cr: "\r", lf: "\n", crlf: "\r\n" };
const [ESC, CTRL_C, BACKSPACE, DEL] = ["\u001B", "\u0003", "\u0008", "\u007F"] as const;
/** A paste waits while more than this has not left the browser, so that Ctrl + C does not wait behind it. */
const MAX_BUFFERED_BYTES = 16 * 1024;
/** Pieces that are sent at once if the browser delayed a timer: about what Linux buffers of a line (4096 bytes). */
const MAX_LATE_PIECES = 16;
/** How often a waiting paste looks again. */
const BUFFER_CHECK_MS = 50;

/** Callbacks of {@link MachineInput}. */
export interface InputOwner {
  /** Console bytes were sent. */
  sent(bytes: Uint8Array): void;
  pasteProgress(progress: PasteProgress): void;
  /** Whether the current connection speaks telnet. */
  isTelnet(): boolean;
}

/** Sends to the machine what the user types and pastes. */
export class MachineInput {
  readonly #terminal: Terminal;
  readonly #owner: InputOwner;
  #view: SerialView;
  #channel: ConsoleChannel | undefined;
  #modifiers: ReadonlySet<SerialModifier> = new Set();
  #pasting: Promise<unknown> = Promise.resolve();
  /** Stops the running paste and those that wait for it; undefined while there is none. */
  #pastes: { count: number; readonly stop: AbortController } | undefined;

  constructor(terminal: Terminal, view: SerialView, owner: InputOwner) {
    this.#terminal = terminal;
    this.#view = view;
    this.#owner = owner;
  }

  set view(view: SerialView) {
    this.#view = view;
  }

  set channel(channel: ConsoleChannel | undefined) {
    this.#channel = channel;
  }

  set modifiers(modifiers: ReadonlySet<SerialModifier>) {
    this.#modifiers = modifiers;
  }

  /** Sends text in the line's encoding, or bytes. Returns false, and sends nothing, while view only or not connected. */
  send(data: string | Bytes): boolean {
    if (this.#view.viewOnly) return false;
    const bytes = typeof data === "string" ? encode(data, this.#view.encoding) : data;
    const sent = this.reply(this.#owner.isTelnet() ? Telnet.escape(bytes) : bytes);
    if (sent && bytes.length > 0) this.#owner.sent(bytes);
    return sent;
  }

  /** Sends bytes that are not input of the user. */
  reply(bytes: Bytes): boolean {
    const channel = this.#channel;
    if (!channel || channel.readyState !== channel.OPEN) return false;
    if (bytes.length > 0) channel.send(bytes);
    return true;
  }

  /** Sends a key as the machine's program expects it. */
  press(key: SerialKey, modifiers: ReadonlySet<SerialModifier>): void {
    const sequence = sequenceOf(key, this.#terminal.modes.applicationCursorKeysMode);
    this.#type(withModifiers(sequence, new Set([...modifiers, ...this.#modifiers])));
  }

  /** Sends what the terminal made of the keyboard. Esc and Ctrl + C stop a paste; Ctrl + C reaches the machine as well. */
  typed(data: string): void {
    if (this.#pastes && (data === ESC || data === CTRL_C)) {
      this.cancelPaste();
      // After the brackets of the paste are closed.
      if (data === CTRL_C) void this.#pasting.then(() => this.#type(CTRL_C));
      return;
    }
    this.#type(withModifiers(data, this.#modifiers));
  }

  /**
   * Sends text as a paste, after earlier pastes. An interrupted paste still closes its brackets.
   *
   * @returns resolves to whether all of the text was sent.
   */
  paste(text: string, delayMs: number, options: PasteOptions): Promise<boolean> {
    const pastes = (this.#pastes ??= { count: 0, stop: new AbortController() });
    pastes.count += 1;
    const pasted = this.#pasting
      .then(() =>
        this.#paste(
          text,
          delayMs,
          AbortSignal.any([pastes.stop.signal, ...(options.signal ? [options.signal] : [])]),
          options,
        ),
      )
      .finally(() => {
        pastes.count -= 1;
        if (pastes.count === 0 && this.#pastes === pastes) this.#pastes = undefined;
      });
    this.#pasting = pasted;
    return pasted;
  }

  /** Stops the running paste and those that wait. Returns whether there was one. */
  cancelPaste(): boolean {
    const { stop } = this.#pastes ?? {};
    this.#pastes = undefined;
    stop?.abort();
    return stop !== undefined;
  }

  /** Sends keyboard input, with Enter and Backspace as the machine expects them. */
  #type(text: string): boolean {
    const { backspace, lineEnding, localEcho } = this.#view;
    const input = text.replaceAll("\r", LINE_ENDINGS[lineEnding]);
    const sent = this.send(
      backspace === "bs" && (text === DEL || text === ESC + DEL) ? input.replace(DEL, BACKSPACE) : input,
    );
    // Text that starts with ESC is a key that machines do not echo, or brackets around a paste.
    if (sent && localEcho && !text.startsWith(ESC)) {
      this.#terminal.write(text.replaceAll("\r", "\r\n").replaceAll(DEL, "\b \b"));
    }
    return sent;
  }

  async #paste(text: string, delayMs: number, stop: AbortSignal, { onProgress }: PasteOptions): Promise<boolean> {
    const channel = this.#channel;
    const { before, pieces, after } = encodePaste(text, this.#terminal.modes.bracketedPasteMode);
    const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
    let sent = 0;
    const tell = (running: boolean): void => {
      onProgress?.({ sent, total, running });
      this.#owner.pasteProgress({ sent, total, running });
    };
    const pacer = new Pacer(delayMs, MAX_LATE_PIECES);
    this.#terminal.scrollToBottom();
    tell(true);
    let going = !stop.aborted && this.#type(before);
    const began = going;
    for (const piece of pieces) {
      if (stop.aborted || this.#channel !== channel) going = false;
      if (!going) break;
      going = this.#type(piece);
      if (going) sent += piece.length;
      tell(true);
      await pacer.next(stop);
      await this.#drained(channel, stop);
    }
    const isSame = this.#channel === channel;
    const closed = isSame && began && this.#type(after);
    tell(false);
    return closed && going;
  }

  /** Waits until the browser has sent most of what it buffers. */
  async #drained(channel: ConsoleChannel | undefined, stop: AbortSignal): Promise<void> {
    const waits = (): boolean => this.#channel === channel && (channel?.bufferedAmount ?? 0) > MAX_BUFFERED_BYTES;
    while (!stop.aborted && waits()) await delay(BUFFER_CHECK_MS, stop);
  }
}
