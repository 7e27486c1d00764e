import { writeFile } from "node:fs/promises";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestFolder } from "../../support/folder.ts";
import { reload, RELOADED } from "../../support/reload.ts";
import { PeerProcess } from "./peer-process.ts";
import { Wire } from "./wire.ts";

const KEY = "the-admin-key-of-both-gateways";
const WAITING = "curfew_cluster_peer_revocations_waiting";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

/** Writes the configuration of a gateway with these peers. */
async function configure(
  folder: TestFolder,
  name: string,
  peers: readonly { readonly url: string; readonly key: string }[],
  key = KEY,
): Promise<string> {
  const file = folder.join(`${name}.yaml`);
  const config = {
    listen: "127.0.0.1:0",
    admin: { listen: "127.0.0.1:0", key },
    consoleauth: { enforce_session_timeout: true },
    tokens: { path: folder.join(`${name}.db`) },
    cluster: { name, peers },
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function until<T>(read: () => Promise<T>, expected: T): Promise<void> {
  await expect.poll(read).toEqual(expected);
}

test("a revocation outlives the gateway that was asked for it while the issuer was away", async () => {
  await using folder = await TestFolder.create();
  await using first = await Wire.open();
  await using second = await Wire.open();
  const one = await configure(folder, "one", [{ url: second.url, key: KEY }]);
  const two = await configure(folder, "two", [{ url: first.url, key: KEY }]);
  const start = async (file: string, wire: Wire): Promise<PeerProcess> =>
    await PeerProcess.start(file, { key: KEY, wire });
  await using issuer = await start(one, first);
  await using other = await start(two, second);
  await until(async () => await other.gateways(), 2);
  const { id, token } = await issuer.token(target.address);
  using client = await other.open(token);
  await issuer[Symbol.asyncDispose]();
  await until(async () => await other.gateways(), 1);
  await expect(other.admin.revokeToken(id)).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining("is told as soon as it answers"),
  });
  expect((await client.message("bye")).reason).toBe("session_terminated");
  await expect
    .poll(() => other.readiness())
    .toMatch(/^ready; gateway one is away: .*; 1 revocation waits for gateway one$/);
  await other[Symbol.asyncDispose]();

  await using otherAgain = await start(two, second);
  expect(await otherAgain.metric(WAITING)).toBe(1);
  await using issuerAgain = await start(one, first);
  await until(async () => await issuerAgain.outcome(token), "token_invalid");
  await until(async () => await otherAgain.metric(WAITING), 0);
  await until(async () => await otherAgain.outcome(token), "token_invalid");
  await until(async () => await otherAgain.readiness(), "ready");
  expect(otherAgain.command.logged("the gateway that issued the token has revoked it")).toMatchObject([
    { token_id: id },
  ]);
});

test("keys of peers, and the list itself, change with SIGHUP", async () => {
  await using folder = await TestFolder.create();
  await using first = await Wire.open();
  await using second = await Wire.open();
  await using third = await Wire.open();
  const next = "another-admin-key-of-all-gateways";
  const one = await configure(folder, "one", [{ url: second.url, key: KEY }]);
  const two = await configure(folder, "two", [{ url: first.url, key: KEY }]);
  await using a = await PeerProcess.start(one, { key: KEY, wire: first });
  await using b = await PeerProcess.start(two, { key: KEY, wire: second, env: { CURFEW_WORKERS: "2" } });
  await until(async () => [await a.gateways(), await b.gateways()], [2, 2]);
  const { token } = await a.token(target.address);
  using client = await b.open(token);

  // The other one has a new key, which the first one does not know yet.
  await configure(folder, "two", [{ url: first.url, key: KEY }], next);
  await reload(b.command);
  await until(async () => await a.gateways(), 1);
  await configure(folder, "one", [{ url: second.url, key: next }]);
  await reload(a.command);
  expect(a.command.logged(RELOADED)).toMatchObject([{ changed: ["cluster.peers"] }]);
  expect(a.command.logged("changed options that need a restart")).toEqual([]);
  await until(async () => await a.gateways(), 2);

  // A third one comes to the first one, and goes again with the token of a session.
  const three = await configure(folder, "three", [{ url: first.url, key: KEY }]);
  await using c = await PeerProcess.start(three, { key: KEY, wire: third });
  const ofThird = (await c.token(target.address)).token;
  await until(async () => await a.outcome(ofThird), "token_invalid");
  const both = [
    { url: `${third.url}/`, key: KEY },
    { url: second.url, key: next },
  ];
  await configure(folder, "one", both);
  await reload(a.command);
  await until(async () => await a.outcome(ofThird), "opened");
  using foreign = await a.open(ofThird);
  await configure(folder, "one", [{ url: second.url, key: next }]);
  await reload(a.command);
  expect(await foreign.message("bye")).toMatchObject({ reason: "lookup_failed" });
  await until(async () => await a.outcome(ofThird), "token_invalid");
  expect(client.order).not.toContain("bye");

  // Whether it has peers at all is settled at its start.
  await configure(folder, "one", []);
  await reload(a.command);
  expect(a.command.logged("changed options that need a restart")).toMatchObject([{ options: ["cluster.peers"] }]);
  await until(async () => await a.gateways(), 2);
});
