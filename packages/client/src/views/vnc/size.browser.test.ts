import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { drawn } from "../../../test/drawn.ts";
import { answer, color, vncFixture } from "../../../test/vnc-fixture.ts";
import { COLOR, type FakeVnc } from "../../../test/fake-vnc.ts";
import type { VncConsole } from "./vnc-console.ts";

const { target, create, connected, nextSocket } = vncFixture();

afterEach(() => {
  target.style.cssText = "width: 320px; height: 160px";
});

/** What the machine was asked for once the size has settled. */
async function settled(machine: FakeVnc, count: number): Promise<FakeVnc["resized"]> {
  await vi.waitFor(() => expect(machine.resized).toHaveLength(count));
  return machine.resized;
}

describe("the machine's resolution, with scale `remote`,", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  const remote = async (): Promise<{ vnc: VncConsole; machine: FakeVnc }> => {
    const console = await connected({ scale: "remote" });
    console.machine.monitors([32, 16]);
    return console;
  };

  test("follows the element at once when the console opens, and later once its size has settled", async () => {
    const { vnc, machine } = await remote();
    expect(await settled(machine, 1)).toEqual([[320, 160]]);
    machine.monitors([320, 160]);
    for (const height of [150, 140, 130, 120, 110]) {
      target.style.height = `${height}px`;
      await drawn();
      vi.advanceTimersByTime(120);
      const [width, asked] = machine.resized.at(-1) ?? [0, 0];
      machine.monitors([width, asked]);
    }
    expect(await settled(machine, 2)).toEqual([
      [320, 160],
      [320, 110],
    ]);
    await vnc.close();
  });

  test("is not asked for while the element is hidden, and is when it comes back", async () => {
    const { vnc, machine } = await remote();
    await settled(machine, 1);
    machine.monitors([320, 160]);
    target.style.display = "none";
    await drawn();
    vi.advanceTimersByTime(5_000);
    await drawn();
    expect(machine.resized).toHaveLength(1);
    target.style.cssText = "width: 300px; height: 160px";
    expect((await settled(machine, 2))[1]).toEqual([300, 160]);
    await vnc.close();
  });

  test("is left alone on a machine with several monitors, whose picture is scaled instead", async () => {
    const { vnc, machine } = await connected({ scale: "remote" });
    machine.monitors([32, 16], [32, 16]);
    await vi.waitFor(() => expect(target.querySelector("canvas")?.getBoundingClientRect().width).toBe(320));
    target.style.width = "200px";
    await vi.waitFor(() => expect(target.querySelector("canvas")?.getBoundingClientRect().width).toBe(200));
    machine.monitors([64, 16]);
    expect(await settled(machine, 1)).toEqual([[200, 160]]);
    await vnc.close();
  });
});

test("is connected with the first picture, which a screenshot then shows", async () => {
  const vnc = create();
  const socket = nextSocket();
  const connecting = vnc.connect();
  const machine = await answer(await socket, "none", "held");
  const named = new Promise((resolve) => vnc.on("title", resolve));
  await named;
  expect(vnc.state.status).toBe("connecting");
  machine.paint();
  await connecting;
  expect(await color(vnc)).toEqual([...COLOR]);
  await vnc.close();
});

test("is connected 5 s after the handshake if the machine draws nothing", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const vnc = create();
    const socket = nextSocket();
    const connecting = vnc.connect();
    const named = new Promise((resolve) => vnc.on("title", resolve));
    await answer(await socket, "none", "held");
    await named;
    await vi.advanceTimersByTimeAsync(4_900);
    expect(vnc.state.status).toBe("connecting");
    await vi.advanceTimersByTimeAsync(200);
    await connecting;
    await vnc.close();
  } finally {
    vi.useRealTimers();
  }
});

test("the picture does not change the size of what contains it", async () => {
  const grid = document.createElement("div");
  const cell = document.createElement("div");
  grid.style.cssText = "display: grid; grid-template-columns: 1fr 1fr; width: 40px";
  document.body.append(grid);
  target.style.cssText = "height: 160px";
  grid.append(target, cell);
  const { vnc, machine } = await connected({ scale: "none" });
  machine.monitors([320, 160]);
  await vi.waitFor(() => expect(target.querySelector("canvas")?.width).toBe(320));
  expect(cell.getBoundingClientRect().width).toBe(20);
  await vnc.close();
  grid.remove();
});

test("an element without a size is reported to developers, and a hidden one is not", async () => {
  const log = vi.fn<(level: string, message: string) => void>();
  target.style.cssText = "display: none";
  await (await connected({ log })).vnc.close();
  expect(log.mock.calls.filter(([level]) => level === "warn")).toEqual([]);
  target.style.cssText = "width: 320px";
  await (await connected({ log })).vnc.close();
  expect(log.mock.calls.filter(([level]) => level === "warn")).toEqual([
    ["warn", expect.stringContaining("320 × 0 pixels"), {}],
  ]);
});
