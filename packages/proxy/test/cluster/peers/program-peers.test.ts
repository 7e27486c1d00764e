import { writeFile } from "node:fs/promises";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestFolder } from "../../support/folder.ts";
import { PeerProcess } from "./peer-process.ts";
import { Wire } from "./wire.ts";

const KEY = "the-admin-key-of-both-gateways";

let target: ByteServer;
let folder: TestFolder;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
  folder = await TestFolder.create();
});
afterAll(async () => {
  await target.close();
  await folder[Symbol.asyncDispose]();
});

/** Curfew's own configuration, with a peer. */
async function configure(name: string, { url }: Wire): Promise<string> {
  const file = folder.join(`${name}.yaml`);
  const config = {
    admin: { listen: "127.0.0.1:0", key: KEY },
    consoleauth: { enforce_session_timeout: true },
    console: { page: false },
    access: { origins: ["*"] },
    cluster: { name, peers: [{ url, key: KEY }] },
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Two gateways of a program that takes Curfew's own configuration as a flag. */
async function startPair(
  program: string,
  args: readonly string[],
  wires: readonly [Wire, Wire],
): Promise<readonly [PeerProcess, PeerProcess]> {
  const [one, two] = [await configure(`${program}-1`, wires[1]), await configure(`${program}-2`, wires[0])];
  const start = async (file: string, wire: Wire): Promise<PeerProcess> =>
    await PeerProcess.start(file, { key: KEY, wire, args: [program, ...args, "--curfew-config", file] });
  const pair = await Promise.all([start(one, wires[0]), start(two, wires[1])]);
  await expect.poll(async () => await Promise.all(pair.map(async (each) => await each.gateways()))).toEqual([2, 2]);
  return pair;
}

test("two gateways of curfew nova are one", async () => {
  await using first = await Wire.open();
  await using second = await Wire.open();
  const conf = folder.join("nova.conf");
  // Neither the database nor the queue is there: tokens of Nova cannot be looked up, those of the gateways can.
  await writeFile(
    conf,
    "[serial_console]\nserialproxy_host = 127.0.0.1\nserialproxy_port = 0\n[database]\nconnection = mysql://nova:secret@127.0.0.1:1/nova\n[DEFAULT]\ntransport_url = rabbit://nova:secret@127.0.0.1:1/\n",
  );
  const pair = await startPair("nova", ["serial", "--config-file", conf], [first, second]);
  await using one = pair[0];
  await using two = pair[1];
  const { id, token } = await one.token(target.address);
  using client = await two.open(token);
  const listed = async () => (await one.admin.listSessions()).sessions.map(({ gateway }) => gateway);
  await expect.poll(listed).toEqual(["nova-2"]);
  await one.admin.revokeToken(id);
  expect((await client.message("bye")).reason).toBe("session_terminated");
});

test("two gateways of curfew websockify are one, for tokens of its plugins", async () => {
  await using first = await Wire.open();
  await using second = await Wire.open();
  await writeFile(folder.join("tokens"), `vm-1: ${target.address}\n`);
  const args = ["--token-plugin", "TokenFile", "--token-source", folder.join("tokens"), "127.0.0.1:0"];
  const pair = await startPair("websockify", args, [first, second]);
  await using one = pair[0];
  await using two = pair[1];
  using client = await two.open("vm-1");
  const listed = async () => (await one.admin.listSessions()).sessions.map(({ gateway }) => gateway);
  await expect.poll(listed).toEqual(["websockify-2"]);
  const [session] = (await two.admin.listSessions()).sessions;
  await one.admin.lock({ token: session?.token_id ?? "" });
  expect((await client.message("bye")).reason).toBe("session_terminated");
  expect([await one.outcome("vm-1"), await two.outcome("vm-1")]).toEqual(["token_invalid", "token_invalid"]);
});
