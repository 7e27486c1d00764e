import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { addressPattern } from "../src/playwright/address-pattern.ts";
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
