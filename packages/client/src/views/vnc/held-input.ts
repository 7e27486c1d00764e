/** Toggled by each press on macOS, where noVNC sends a press and a release for either event. It is never held. */
const TOGGLES = "CapsLock";

/**
 * Releases on the machine what the user holds down: when the canvas loses the focus, and on request.
 * noVNC does so only when the whole window loses the focus; otherwise Ctrl would stay down on the
 * machine after the focus has moved within the page.
 */
export class HeldInput {
  readonly #canvas: HTMLCanvasElement;
  /** `KeyboardEvent.key` of the keys that are down, by `KeyboardEvent.code`. */
  readonly #keys = new Map<string, string>();
  /** The last event with a pressed button; undefined while none is pressed. */
  #pressed: MouseEvent | undefined;

  /** @param signal - stops listening */
  constructor(canvas: HTMLCanvasElement, signal: AbortSignal) {
    this.#canvas = canvas;
    const options = { capture: true, signal };
    canvas.addEventListener(
      "keydown",
      ({ code, key }) => {
        if (code !== "" && code !== TOGGLES) this.#keys.set(code, key);
      },
      options,
    );
    canvas.addEventListener("keyup", ({ code }) => this.#keys.delete(code), options);
    for (const type of ["mousedown", "mouseup", "mousemove"] as const) {
      canvas.addEventListener(
        type,
        (event) => {
          this.#pressed = event.buttons === 0 ? undefined : event;
        },
        options,
      );
    }
    // Not captured: what listens for the leave keys around the canvas is disarmed by then.
    canvas.addEventListener("focusout", () => this.releaseKeys(), { signal });
  }

  /** Releases the keys. noVNC ignores the releases of keys that it has not sent. */
  releaseKeys(): void {
    for (const [code, key] of this.#keys) this.#canvas.dispatchEvent(new KeyboardEvent("keyup", { code, key }));
    this.#keys.clear();
  }

  /** Releases keys and pointer buttons, because no input is sent from now on. */
  releaseAll(): void {
    this.releaseKeys();
    if (!this.#pressed) return;
    const { clientX, clientY } = this.#pressed;
    this.#canvas.dispatchEvent(new MouseEvent("mouseup", { clientX, clientY, buttons: 0 }));
  }
}
