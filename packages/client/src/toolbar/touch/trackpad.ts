import type { Gesture, GesturePhase } from "./gesture.ts";
import type { Point } from "./picture-zoom.ts";

/**
 * Uses the screen as a trackpad: a finger moves the pointer by as much as it moves, wherever it is. A tap clicks at the
 * pointer, with two fingers with the right button; two fingers scroll there; a long press drags.
 */
export class Trackpad {
  /** The pointer's place in the picture, from 0 to 1. */
  #at: Point = { x: 0.5, y: 0.5 };
  /** Where the finger was last. */
  #finger: Point = { x: 0, y: 0 };

  /** The pointer, in CSS pixels of the viewport. */
  pointerIn(canvas: HTMLElement): Point {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: left + this.#at.x * width, y: top + this.#at.y * height };
  }

  /**
   * Turns a gesture into what it means on a trackpad, before noVNC acts on it.
   *
   * @returns whether the gesture only moved the pointer: noVNC must not see it
   */
  handle(phase: GesturePhase, gesture: Gesture, canvas: HTMLElement): boolean {
    const finger = { x: gesture.clientX, y: gesture.clientY };
    const isMoving = gesture.type === "drag";
    if (phase === "gesturestart") this.#finger = finger;
    else if (isMoving || gesture.type === "longpress") this.#move(finger, canvas);
    const pointer = this.pointerIn(canvas);
    if (isMoving) {
      const init = { clientX: pointer.x, clientY: pointer.y, bubbles: true, cancelable: true };
      canvas.dispatchEvent(new MouseEvent("mousemove", init));
      return true;
    }
    if (gesture.type === "longpress") gesture.type = "drag";
    gesture.clientX = pointer.x;
    gesture.clientY = pointer.y;
    return false;
  }

  #move(finger: Point, canvas: HTMLElement): void {
    const { width, height } = canvas.getBoundingClientRect();
    const moved = (at: number, by: number, size: number): number =>
      size === 0 ? at : Math.min(1, Math.max(0, at + by / size));
    this.#at = {
      x: moved(this.#at.x, finger.x - this.#finger.x, width),
      y: moved(this.#at.y, finger.y - this.#finger.y, height),
    };
    this.#finger = finger;
  }
}
