import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestFolder } from "../../support/folder.ts";
import { HANGING_MS, knows, Pair, PeerGateway } from "./peer-gateways.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

test("with end_after, sessions whose token the peer issued end that long after it was last heard, and no others", async () => {
  await using pair = await Pair.start({ onStoreLoss: { end_after: 3 }, answerMs: HANGING_MS });
  const { one, two, wires } = pair;
  const { token } = await one.token(target.address);
  using foreign = await two.open(token);
  using own = await two.open((await two.token(target.address)).token);
  wires.one.set("hangs");
  expect(await foreign.message("bye")).toMatchObject({ reason: "lookup_failed" });
  expect(own.order).not.toContain("bye");
  await knows(two, 1);
  await expect
    .poll(() => two.readiness())
    .toEqual([200, "ready; gateway one is away: its tokens open nothing here, their sessions go on for 3 s"]);
  expect(two.cluster.figures.endAfter).toBe(3000);
  const metrics = await (await fetch(`${two.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/^curfew_cluster_peer_up\{peer="127\.0\.0\.1:\d+"\} 0$/m);
  expect(metrics).toMatch(/^curfew_cluster_peer_contact_age_seconds\{peer="127\.0\.0\.1:\d+"\} \d+\.\d+$/m);
  expect(metrics).toMatch(/^curfew_cluster_gateways 1$/m);
  expect(metrics).not.toContain("curfew_cluster_store_up");
});

test("a peer that comes back without its tokens ends their sessions", async () => {
  await using pair = await Pair.start();
  const { one, two, wires } = pair;
  using client = await two.open((await one.token(target.address)).token);
  await one[Symbol.asyncDispose]();
  await knows(two, 1);
  expect(client.order).not.toContain("bye");
  // Its store was in memory.
  pair.one = await PeerGateway.start("one", { two: wires.two.url });
  wires.one.leadTo(pair.one.adminUrl);
  expect((await client.message("bye")).reason).toBe("session_terminated");
});

test("a peer that was restarted has its tokens still, and their sessions go on", async () => {
  await using folder = await TestFolder.create();
  const options = { path: folder.join("tokens.db") };
  await using pair = await Pair.start(options, {});
  const { two, wires } = pair;
  const { id, token } = await pair.one.token(target.address);
  using client = await two.open(token);
  await pair.one[Symbol.asyncDispose]();
  await knows(two, 1);
  pair.one = await PeerGateway.start("one", { two: wires.two.url }, options);
  wires.one.leadTo(pair.one.adminUrl);
  await pair.meet();
  expect([await two.refusal(token), client.order]).toEqual(["opened", ["hello"]]);
  await pair.one.admin.revokeToken(id);
  expect((await client.message("bye")).reason).toBe("session_terminated");
});

test("a token that was revoked while its issuer was away does not open before that has heard of it, or has waited", async () => {
  await using folder = await TestFolder.create();
  const [ofOne, ofTwo] = [{ path: folder.join("one.db") }, { path: folder.join("two.db") }];
  await using pair = await Pair.start(ofOne, ofTwo);
  const { wires } = pair;
  const revoked = await pair.one.token(target.address);
  const valid = await pair.one.token(target.address);
  await pair.one[Symbol.asyncDispose]();
  await knows(pair.two, 1);
  await expect(pair.two.admin.revokeToken(revoked.id)).rejects.toMatchObject({ status: 503 });
  await pair.two[Symbol.asyncDispose]();

  const start = async (holdMs: number): Promise<void> => {
    pair.one = await PeerGateway.start("one", { two: wires.two.url }, { ...ofOne, holdMs });
    wires.one.leadTo(pair.one.adminUrl);
  };
  await start(60_000);
  const refusals = async (): Promise<readonly string[]> =>
    await Promise.all([revoked, valid].map(async ({ token }) => await pair.one.refusal(token)));
  expect(await refusals()).toEqual(["server_busy", "server_busy"]);
  expect(await pair.one.refusal((await pair.one.token(target.address)).token)).toBe("opened");
  pair.two = await PeerGateway.start("two", { one: wires.one.url }, ofTwo);
  wires.two.leadTo(pair.two.adminUrl);
  await knows(pair.one, 2);
  expect(await refusals()).toEqual(["token_invalid", "opened"]);

  // Its peers are told the same, and do not open it either.
  await pair.one[Symbol.asyncDispose]();
  wires.two.set("refuses");
  await start(60_000);
  await knows(pair.two, 2);
  expect([await pair.two.refusal(valid.token), await pair.one.refusal(valid.token)]).toEqual([
    "server_busy",
    "server_busy",
  ]);
  await pair.one[Symbol.asyncDispose]();
  await start(1);
  await expect.poll(async () => await pair.one.refusal(valid.token)).toBe("opened");
});

test("the time left counts where the clock of the machine is behind that of the issuer", async () => {
  await using pair = await Pair.start();
  const { one, two } = pair;
  const { token } = await one.token(target.address, { ttlMs: 60_000 });
  const real = Date.now;
  // Only of what one answers: both are in this process.
  const answer = one.cluster.answer.bind(one.cluster);
  one.cluster.answer = async (message) => {
    const said = (await answer(message)) as { record?: { expires_at: number }; now?: number } | null;
    if (said?.record === undefined) return said;
    return { record: { ...said.record, expires_at: said.record.expires_at + 3_600_000 }, now: real() + 3_600_000 };
  };
  using client = await two.open(token);
  expect((await client.message("hello")).expiresInMs).toBeLessThanOrEqual(60_000);
});
