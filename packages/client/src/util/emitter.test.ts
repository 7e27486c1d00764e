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
});
