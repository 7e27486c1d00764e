import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { Websockify } from "./support/websockify.ts";

/** Every byte, and what ends strings, lines and frames. */
const MESSAGES = [Buffer.from([...Array(256).keys()]), Buffer.from("'],\\\n{1{}2}'EOF'];\u2028"), Buffer.of(0)];

/** Sends each message, waits for its echo, and leaves. */
async function converse(client: Client): Promise<void> {
  await once(client.socket, "open");
  let bytes = 0;
  for (const message of MESSAGES) {
    client.socket.send(message);
    await client.bytes((bytes += message.length));
  }
  client.socket.close(1000);
  await client.closed;
}

/** The one complete recording in a folder, less its times. */
async function recordingIn(folder: string): Promise<string> {
  const read = async (): Promise<string> => {
    const [name] = await readdir(folder);
    return name === undefined ? "" : await readFile(join(folder, name), "latin1");
  };
  await expect.poll(read).toMatch(/\n'EOF'\];\n$/);
  return (await read()).replaceAll(/^'([{}])\d+\1/gm, "'$1ms$1");
}

test("a recording is what websockify writes with --record, byte for byte but for the times", async () => {
  await using theirs = await mkdtempDisposable(join(tmpdir(), "curfew-"));
  await using ours = await mkdtempDisposable(join(tmpdir(), "curfew-"));
  await using target = await startByteServer({ mode: "echo" });
  await using websockify = await Websockify.start("--record", join(theirs.path, "console"), target.address);
  using client = new Client(websockify.host, undefined, { protocols: ["binary"] });
  await converse(client);
  await using gateway = await TestGateway.start({ config: { record: join(ours.path, "console") } });
  const { token } = await gateway.token(target.address);
  using own = new Client(gateway.host, token, { protocols: ["binary"] });
  await converse(own);
  expect(await recordingIn(ours.path)).toBe(await recordingIn(theirs.path));
});
