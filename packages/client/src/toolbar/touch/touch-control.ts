import { type Gesture, gestureOf, type GesturePhase } from "./gesture.ts";
import { PictureZoom, type Point } from "./picture-zoom.ts";
import { Trackpad } from "./trackpad.ts";

/** The members of a VNC console that {@link TouchControl} uses. */
export interface TouchedConsole {
  readonly scale: "none" | "fit" | "remote";
  showDotCursor: boolean;
}

const PHASES: readonly GesturePhase[] = ["gesturestart", "gesturemove", "gestureend"];
const TOUCHES = ["touchstart", "touchmove", "touchend", "touchcancel"] as const;

/**
 * The gestures on the picture of a VNC console: two fingers that spread or pinch enlarge it on this screen where it is
 * fitted into its frame, and what moves two fingers then moves it. Optionally one finger moves the pointer as on a trackpad.
 * noVNC recognizes the gestures.
 */
export class TouchControl {
  readonly #console: TouchedConsole;
  readonly #zoom: PictureZoom;
  readonly #trackpad = new Trackpad();
  #isTrackpad = false;
  /** Whether the pointer was a dot before it had to be seen. */
  #hadDot = false;
  /** What a gesture with two fingers began with. */
  #start = { factor: 1, distance: 1 };
  #panned: Point = { x: 0, y: 0 };

  /** @param frame - the element that the console was created in; it must clip what is outside */
  constructor(console: TouchedConsole, frame: HTMLElement, signal: AbortSignal) {
    this.#console = console;
    this.#zoom = new PictureZoom(frame, () => frame.querySelector<HTMLElement>('[data-curfew="vnc"]'));
    for (const phase of PHASES) {
      // Before noVNC, which listens at the canvas.
      frame.addEventListener(phase, (event) => this.#handle(phase, event), { capture: true, signal });
    }
    for (const type of TOUCHES) {
      frame.addEventListener(type, (event) => this.#passOn(event, frame), { passive: false, signal });
    }
    signal.addEventListener("abort", () => this.resetZoom());
  }

  /** Whether a finger moves the pointer, instead of acting where it touches. */
  get trackpad(): boolean {
    return this.#isTrackpad;
  }
  set trackpad(on: boolean) {
    if (on === this.#isTrackpad) return;
    this.#isTrackpad = on;
    if (on) this.#hadDot = this.#console.showDotCursor;
    this.#console.showDotCursor = on || this.#hadDot;
  }

  /** Fits the picture into its frame again. */
  resetZoom(): void {
    if (this.#zoom.factor !== 1) this.#zoom.reset();
  }

  /** A trackpad includes what is beside the picture, where noVNC does not listen. */
  #passOn(event: TouchEvent, frame: HTMLElement): void {
    const canvas = frame.querySelector("canvas");
    if (!this.#isTrackpad || canvas === null || event.target === canvas) return;
    event.preventDefault();
    const changedTouches = [...event.changedTouches];
    canvas.dispatchEvent(new TouchEvent(event.type, { changedTouches, cancelable: true }));
  }

  #handle(phase: GesturePhase, event: Event): void {
    const gesture = gestureOf(event);
    const canvas = event.target;
    if (gesture === undefined || !(canvas instanceof HTMLElement)) return;
    if (this.#handleZoom(phase, gesture) || (this.#isTrackpad && this.#handleTrackpad(phase, gesture, canvas))) {
      event.stopPropagation();
    }
  }

  #handleTrackpad(phase: GesturePhase, gesture: Gesture, canvas: HTMLElement): boolean {
    const isDone = this.#trackpad.handle(phase, gesture, canvas);
    if (this.#zoom.factor !== 1) this.#zoom.reveal(this.#trackpad.pointerIn(canvas));
    return isDone;
  }

  /** Whether the gesture was one of this screen only. */
  #handleZoom(phase: GesturePhase, gesture: Gesture): boolean {
    const { type, clientX: x, clientY: y, magnitudeX = 0, magnitudeY = 0 } = gesture;
    if (type === "pinch" && this.#console.scale === "fit") {
      const distance = Math.max(1, Math.hypot(magnitudeX, magnitudeY));
      if (phase === "gesturestart") this.#start = { factor: this.#zoom.factor, distance };
      else this.#zoom.zoomTo((this.#start.factor * distance) / this.#start.distance, { x, y });
      return true;
    }
    if (type === "twodrag" && this.#zoom.factor !== 1 && !this.#isTrackpad) {
      if (phase === "gesturestart") this.#panned = { x: 0, y: 0 };
      this.#zoom.panBy(magnitudeX - this.#panned.x, magnitudeY - this.#panned.y);
      this.#panned = { x: magnitudeX, y: magnitudeY };
      return true;
    }
    return false;
  }
}
