import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { addressPattern } from "../src/playwright/address-pattern.ts";
import { ConsoleClock } from "../src/playwright/clock.ts";
import { type ConsoleOption, serverOf, startConsole } from "../src/playwright/console-option.ts";
import { FOOTER, HEADER } from "../src/recording/format.ts";
import { TcpClient } from "./tcp-client.ts";

describe("addresses", () => {
  test.each([
    ["ws://localhost/console", "ws://localhost/console", true],
    ["ws://localhost/console", "ws://localhost/console?token=x", true],
    ["ws://localhost/console", "ws://localhost/console/", false],
    ["https://site.test/a", "wss://site.test/a", true],
    ["**/websockify", "wss://site.test/a/websockify", true],
    ["ws://*/a", "ws://site.test:80/a", true],
    ["ws://*/a", "ws://site.test/b/a", false],
    ["**/a?token=*", "ws://site.test/a?token=1", true],
    ["**/a?token=1", "ws://site.test/a?token=2", false],
    [/console$/g, "ws://site.test/console", true],
  ])("%s and %s: %s", (pattern, address, matches) => {
    expect(addressPattern(pattern).test(address)).toBe(matches);
  });

  test("a regular expression keeps no place from one address to the next", () => {
    const pattern = addressPattern(/console/gi);
    expect([pattern.test("ws://a/CONSOLE"), pattern.test("ws://a/CONSOLE")]).toEqual([true, true]);
  });
});

/** A page whose clock was read `late` milliseconds before it is stopped, and refuses to stop in the past. */
function pageWithClock(late: readonly number[]): { readonly page: Page; readonly stops: number[] } {
  const stops: number[] = [];
  const reads = [...late];
  let now = 100_000;
  const evaluate = (): Promise<number> => Promise.resolve(now);
  const pauseAt = async (time: number): Promise<void> => {
    now += reads.shift() ?? 0;
    if (time < now) throw new Error("Cannot fast-forward to the past");
    stops.push(time - now);
    now = time;
  };
  const page = { evaluate, clock: { install: () => Promise.resolve(), pauseAt } };
  return { page: page as unknown as Page, stops };
}

describe("the page's clock", () => {
  test.each([
    { late: [0], ahead: 1000 },
    { late: [999], ahead: 1 },
    // The first attempt has stopped it, so that no time passes in the second.
    { late: [5000], ahead: 1000 },
  ])("stops ahead of where it is, also when it is read $late ms before", async ({ late, ahead }) => {
    const { page, stops } = pageWithClock(late);
    const clock = await ConsoleClock.install(page);
    await clock.freeze();
    expect(stops).toEqual([ahead]);
    expect(clock.elapsedMs).toBe(0);
  });

  test("says why it cannot be stopped at all", async () => {
    const { page } = pageWithClock([5000, 5000]);
    const clock = await ConsoleClock.install(page);
    await expect(clock.freeze()).rejects.toThrow("to the past");
  });
});

describe("consoles", () => {
  test.each([
    { type: "vnc", version: "3.7" },
    { type: "serial", hostname: "box" },
    { type: "bytes", mode: "echo" },
  ] as const)("%j starts a server of that type", async (option) => {
    const running = await startConsole(option);
    await using server = running.server;
    expect(running.type).toBe(option.type);
    expect(serverOf(running, option.type)).toBe(server);
  });

  test("a recording is a console, too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "curfew-console-"));
    try {
      const file = join(folder, "session.js");
      await writeFile(file, `${HEADER}'{0{RFB 003.008\\n',\n'}0}RFB 003.008\\n\\x01\\x01',\n${FOOTER}`);
      const running = await startConsole({ type: "recording", file, speed: 2 });
      await using player = running.server;
      using client = await TcpClient.connect(player.port);
      await client.untilText("RFB 003.008\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("a fixture of another type says which is asked for and which is there", async () => {
    const running = await startConsole({ type: "serial" });
    await using server = running.server;
    expect(serverOf(running, "serial")).toBe(server);
    expect(() => serverOf(running, "vnc")).toThrow('takes the fixture vnc, and its console.type is "serial"');
  });

  test("an unknown type is refused", async () => {
    await expect(startConsole({ type: "spice" } as unknown as ConsoleOption)).rejects.toThrow(
      'console.type is "spice"; expected vnc, serial, bytes or recording',
    );
  });
});
