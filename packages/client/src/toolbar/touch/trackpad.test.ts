import { expect, test } from "vitest";
import type { Gesture, GesturePhase } from "./gesture.ts";
import { Trackpad } from "./trackpad.ts";

const CANVAS = {
  getBoundingClientRect: () => ({ left: 100, top: 50, width: 400, height: 200 }),
} as unknown as HTMLElement;

const gesture = (type: Gesture["type"], clientX: number, clientY: number): Gesture => ({ type, clientX, clientY });

test("a long press drags with the left button, from the pointer and by as much as the finger moves", () => {
  const trackpad = new Trackpad();
  const seen = [
    ["gesturestart", gesture("longpress", 120, 240)],
    ["gesturemove", gesture("longpress", 130, 230)],
    ["gestureend", gesture("longpress", 130, 230)],
  ] satisfies readonly [GesturePhase, Gesture][];
  expect(seen.map(([phase, one]) => trackpad.handle(phase, one, CANVAS))).toEqual([false, false, false]);
  expect(seen.map(([, one]) => one)).toEqual([
    gesture("drag", 300, 150),
    gesture("drag", 310, 140),
    gesture("drag", 310, 140),
  ]);
});

test("the pointer stays in the picture", () => {
  const trackpad = new Trackpad();
  trackpad.handle("gesturestart", gesture("longpress", 0, 0), CANVAS);
  trackpad.handle("gesturemove", gesture("longpress", -5000, 5000), CANVAS);
  expect(trackpad.pointerIn(CANVAS)).toEqual({ x: 100, y: 250 });
});

test("taps and scrolling are at the pointer", () => {
  const trackpad = new Trackpad();
  for (const type of ["onetap", "twotap", "threetap", "twodrag"] as const) {
    const one = gesture(type, 5, 5);
    expect(trackpad.handle("gesturestart", one, CANVAS)).toBe(false);
    expect(one).toEqual(gesture(type, 300, 150));
  }
});
