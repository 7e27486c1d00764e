import { oneOf } from "../util/validate.ts";

/** Between which clipboards text may go: the browser's and the machine's. */
export type ClipboardDirection = "both" | "to-machine" | "from-machine" | "none";

/**
 * Options for the clipboard. They are a convenience for users and no security boundary: a user with developer tools can
 * change the page, and text that is typed or shown is not the clipboard's.
 */
export interface ClipboardOptions {
  /** In which direction text is pasted and copied. @defaultValue `"both"` */
  clipboard?: ClipboardDirection;
  /** The longest text that is pasted or copied, in bytes of UTF-8. @defaultValue no limit */
  maxClipboardBytes?: number;
}

const DIRECTIONS: readonly ClipboardDirection[] = ["both", "to-machine", "from-machine", "none"];

/** Decides which texts may be pasted and copied. */
export class ClipboardPolicy {
  #direction: ClipboardDirection;
  readonly #maxBytes: number;

  /** @throws RangeError that names the option, what was expected and the value. */
  constructor({ clipboard = "both", maxClipboardBytes = Infinity }: ClipboardOptions) {
    this.#direction = oneOf("clipboard", clipboard, DIRECTIONS);
    if (!(typeof maxClipboardBytes === "number" && maxClipboardBytes >= 0)) {
      throw new RangeError(`maxClipboardBytes: expected bytes from 0, got ${String(maxClipboardBytes)}`);
    }
    this.#maxBytes = maxClipboardBytes;
  }

  get direction(): ClipboardDirection {
    return this.#direction;
  }
  /** @throws RangeError */
  set direction(direction: ClipboardDirection) {
    this.#direction = oneOf("clipboard", direction, DIRECTIONS);
  }

  /** Whether text may be pasted into the machine; without a text, whether any may. */
  toMachine(text = ""): boolean {
    return (this.#direction === "both" || this.#direction === "to-machine") && this.#fits(text);
  }

  /** Whether text may be copied from the machine; without a text, whether any may. */
  fromMachine(text = ""): boolean {
    return (this.#direction === "both" || this.#direction === "from-machine") && this.#fits(text);
  }

  #fits(text: string): boolean {
    // No text has fewer bytes than UTF-16 units, and none more than three times as many.
    if (text.length > this.#maxBytes) return false;
    return text.length * 3 <= this.#maxBytes || new TextEncoder().encode(text).length <= this.#maxBytes;
  }
}
