import { afterEach, expect, test, vi } from "vitest";
import { Pacer } from "./pacer.ts";

afterEach(() => vi.unstubAllGlobals());

test.each([
  [true, 3],
  [false, 0],
])(
  "in a tab that is hidden (%s), a timer is started by a task of its own: browsers slow timers down that timers start",
  async (hidden, tasks) => {
    vi.stubGlobal("document", { hidden });
    const { MessageChannel: Native } = globalThis;
    const channel = vi.fn<() => MessageChannel>(function create() {
      return new Native();
    });
    vi.stubGlobal("MessageChannel", channel);
    const pacer = new Pacer(1, 1);
    const { signal } = new AbortController();
    for (let piece = 0; piece < 3; piece += 1) await pacer.next(signal);
    expect(channel).toHaveBeenCalledTimes(tasks);
  },
);
