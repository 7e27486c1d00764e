import { describe, expect, test } from "vitest";
import { Emitter } from "./emitter.ts";

describe("Emitter", () => {
  test("removes a listener by its function, by once and by signal", () => {
    const emitter = new Emitter<{ tick: number }>();
    const seen: string[] = [];
    const controller = new AbortController();
    const off = emitter.on("tick", (n) => seen.push(`a${n}`));
    emitter.on("tick", (n) => seen.push(`b${n}`), { once: true });
    emitter.on("tick", (n) => seen.push(`c${n}`), { signal: controller.signal });
    emitter.emit("tick", 1);
    off();
    emitter.emit("tick", 2);
    controller.abort();
    emitter.emit("tick", 3);
    emitter.on("tick", () => seen.push("never"), { signal: controller.signal });
    emitter.emit("tick", 4);
    expect(seen).toEqual(["a1", "b1", "c1", "c2"]);
  });

  test("calls a listener once that was added twice, and one remover is enough", () => {
    const emitter = new Emitter<{ tick: number }>();
    const seen: number[] = [];
    const listener = (n: number): unknown => seen.push(n);
    emitter.on("tick", listener);
    const remove = emitter.on("tick", listener);
    emitter.emit("tick", 1);
    remove();
    expect(emitter.has("tick")).toBe(false);
    emitter.on("tick", listener);
    remove();
    emitter.emit("tick", 2);
    expect(seen).toEqual([1, 2]);
  });

  test("does not call a listener that another one removed, nor one that was added meanwhile", () => {
    const emitter = new Emitter<{ tick: number }>();
    const seen: string[] = [];
    emitter.on("tick", () => {
      remove();
      emitter.on("tick", () => seen.push("added"), { once: true });
    });
    const remove = emitter.on("tick", () => seen.push("removed"));
    emitter.emit("tick", 1);
    expect(seen).toEqual([]);
    emitter.emit("tick", 2);
    expect(seen).toEqual(["added"]);
  });
});
