import type { SpiceView } from "./options.ts";

let nextId = 1;

/** Pointer events that reach the machine, and those with which spice-html5 moves the focus along with the pointer. */
const INPUT_EVENTS = ["mousemove", "mousedown", "mouseup", "wheel", "contextmenu"] as const;
const FOCUS_EVENTS = ["mouseover", "mouseout"] as const;

/**
 * The element that spice-html5 adds the canvas with the machine's screen to. spice-html5 finds it by its id, so it has
 * to be in the document itself, not in a shadow root.
 */
export class SpiceScreen {
  readonly root: HTMLElement;
  readonly #host: HTMLElement;
  readonly #label: string | undefined;
  readonly #onShown: () => void;
  readonly #over = new AbortController();
  readonly #resizes = new ResizeObserver(() => this.#layOut());
  #view: SpiceView;
  #canvas: HTMLCanvasElement | undefined;
  /** Whether a screen that was replaced had the keyboard focus. */
  #hadFocus = false;

  /**
   * @param host - the element to fill
   * @param label - for screen readers
   * @param onShown - called when the machine's screen appears, and again for one with another resolution
   */
  constructor(host: HTMLElement, view: SpiceView, label: string | undefined, onShown: () => void) {
    this.#host = host;
    this.#view = view;
    this.#label = label;
    this.#onShown = onShown;
    this.root = host.ownerDocument.createElement("div");
    this.root.id = `curfew-spice-${nextId++}`;
    this.root.style.position = "absolute";
    host.style.position = "relative";
    this.#watchChildren();
    this.#listen();
    host.append(this.root);
    this.#resizes.observe(host);
  }

  /** Aborted when the screen is removed. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The machine's screen; undefined while there is none. */
  get canvas(): HTMLCanvasElement | undefined {
    return this.#canvas;
  }

  apply(view: SpiceView): void {
    this.#view = view;
    this.#layOut();
  }

  focus(): void {
    if (this.#canvas) HTMLElement.prototype.focus.call(this.#canvas, { preventScroll: true });
  }

  /** Removes the screen from the page and its pixels from memory. */
  remove(): void {
    this.#over.abort();
    this.#resizes.disconnect();
    for (const media of this.root.querySelectorAll("audio, video")) (media as HTMLMediaElement).pause();
    this.#hide();
    this.root.remove();
  }

  /**
   * Notices when spice-html5 adds and removes the screen. It looks for the canvas to remove by an id that all its screens
   * in a page share, so the right one is removed whichever it names.
   */
  #watchChildren(): void {
    const { root } = this;
    root.appendChild = <T extends Node>(child: T): T => {
      root.append(child);
      if (child instanceof HTMLCanvasElement) this.#show(child);
      return child;
    };
    root.removeChild = <T extends Node>(child: T): T => {
      if (child instanceof HTMLCanvasElement) this.#hide();
      else if (child instanceof Element) child.remove();
      return child;
    };
  }

  /** Removes the screen, and its pixels from memory. */
  #hide(): void {
    const canvas = this.#canvas;
    if (canvas === undefined) return;
    this.#canvas = undefined;
    this.#hadFocus = canvas === this.root.ownerDocument.activeElement;
    canvas.remove();
    canvas.width = 0;
    canvas.height = 0;
  }

  #show(canvas: HTMLCanvasElement): void {
    this.#canvas = canvas;
    canvas.style.display = "block";
    // Inside, because the console's element clips what is outside.
    canvas.style.outlineOffset = "-2px";
    // spice-html5 focuses it, whatever the user is doing in the page.
    canvas.focus = () => {};
    if (this.#label !== undefined) {
      // Without a role it has no name. With this role screen readers pass all keys to the machine.
      canvas.role = "application";
      canvas.ariaLabel = this.#label;
    }
    this.#layOut();
    if (this.#hadFocus) this.focus();
    this.#hadFocus = false;
    this.#onShown();
  }

  #listen(): void {
    const options = { capture: true, signal: this.#over.signal };
    for (const type of INPUT_EVENTS) {
      this.root.addEventListener(
        type,
        (event) => {
          if (type === "mousedown") this.focus();
          if (!this.#view.viewOnly) return;
          event.stopPropagation();
          event.preventDefault();
        },
        { ...options, passive: false },
      );
    }
    for (const type of FOCUS_EVENTS) this.root.addEventListener(type, (event) => event.stopPropagation(), options);
  }

  /** Scales with a transform: spice-html5 takes the pointer's place in the coordinates of the canvas. */
  #layOut(): void {
    const { width, height } = this.#canvas ?? { width: 0, height: 0 };
    if (width === 0 || height === 0) return;
    const { clientWidth, clientHeight } = this.#host;
    const isFitted = this.#view.scale === "fit";
    const scale = isFitted ? Math.min(clientWidth / width, clientHeight / height) : 1;
    this.#host.style.overflow = isFitted ? "hidden" : "auto";
    const { style } = this.root;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.transformOrigin = "0 0";
    style.transform = scale === 1 ? "" : `scale(${scale})`;
    style.left = `${Math.max(0, (clientWidth - width * scale) / 2)}px`;
    style.top = `${Math.max(0, (clientHeight - height * scale) / 2)}px`;
  }
}
