/** A gesture as noVNC 1.7 reports it on its canvas, by the events `gesturestart`, `gesturemove` and `gestureend`. */
export interface Gesture {
  type: "onetap" | "twotap" | "threetap" | "drag" | "longpress" | "twodrag" | "pinch";
  /** Where it is, or where it began with two fingers, in CSS pixels of the viewport. */
  clientX: number;
  clientY: number;
  /** How far two fingers have moved, or for a pinch how far apart they are. */
  readonly magnitudeX?: number;
  readonly magnitudeY?: number;
}

/** The phase of a gesture. */
export type GesturePhase = "gesturestart" | "gesturemove" | "gestureend";

const TYPES: readonly string[] = ["onetap", "twotap", "threetap", "drag", "longpress", "twodrag", "pinch"];

/** The gesture of an event; undefined for Safari's own events of the same names. */
export function gestureOf(event: Event): Gesture | undefined {
  const detail: unknown = "detail" in event ? event.detail : undefined;
  if (typeof detail !== "object" || detail === null || !("type" in detail)) return undefined;
  return TYPES.includes(String(detail.type)) ? (detail as Gesture) : undefined;
}
