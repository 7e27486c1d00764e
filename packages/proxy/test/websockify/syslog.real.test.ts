import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Command } from "../support/command.ts";
import { TestFolder } from "../support/folder.ts";
import { findPython } from "../support/python.ts";

const PROGRAM = fileURLToPath(new URL("../../src/cli/curfew-websockify.ts", import.meta.url));

/** A syslog server: prints each datagram. Node cannot receive them at a Unix socket. */
const SERVER = `
import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print("ready", flush=True)
while True:
  print(server.recv(65536).decode(), flush=True)
`;

test.each([
  { legacy: [], head: /^<14>1 \S+ \S+ curfew \d+ - .*\{"level":"info"/ },
  { legacy: ["--legacy-syslog"], head: /^<14>\w{3} [ \d]\d [\d:]{8} curfew\[\d+\]: \{"level":"info"/ },
])("--syslog with a Unix socket $legacy: lines reach it through logger", async ({ legacy, head }) => {
  await using folder = await TestFolder.create();
  const path = folder.join("log");
  const server = spawn(findPython("socket"), ["-c", SERVER, path], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("ready");
    await using command = new Command(
      ["--syslog", path, ...legacy, "127.0.0.1:0", "127.0.0.1:1"],
      {},
      { program: PROGRAM },
    );
    const { value } = (await lines.next()) as { value: string };
    expect(value).toMatch(head);
    expect(value).toContain('"msg":"starting"');
    // The log still goes to standard error, as from websockify.
    await command.printed(/listens/);
    command.process.kill("SIGTERM");
    expect(await command.exited).toBe(0);
    expect(command.stderr).toContain('"msg":"stopped"');
    // What is logged last gets there, too.
    for (let text = ""; !text.includes('"msg":"stopped"');) text = ((await lines.next()) as { value: string }).value;
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
});

test("a socket that is not there is said in the log, and the gateway runs on", async () => {
  await using folder = await TestFolder.create();
  const args = ["--syslog", folder.join("none"), "127.0.0.1:0", "127.0.0.1:1"];
  await using command = new Command(args, {}, { program: PROGRAM });
  await command.printed(/listens/);
  await expect.poll(() => command.stderr).toMatch(/ENOENT.*"msg":"log lines cannot be sent to syslog"/);
});
