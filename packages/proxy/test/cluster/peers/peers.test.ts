import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdminError } from "../../../src/admin/index.ts";
import { stopwatch } from "../../support/waited.ts";
import { HANGING_MS, knows, Pair, PeerGateway } from "./peer-gateways.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

async function failureOf(work: Promise<unknown>): Promise<AdminError> {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(AdminError);
  return error as AdminError;
}

describe("sessions", () => {
  test("are listed, inspected, extended and ended at either gateway", async () => {
    await using pair = await Pair.start();
    const { one, two } = pair;
    const { token } = await one.token(target.address, { user: "alice" });
    using atOne = await one.open(token);
    using atTwo = await two.open(token);
    const { sessions, unavailable } = await two.admin.listSessions();
    expect(sessions.map(({ gateway }) => gateway)).toEqual(["one", "two"]);
    expect(unavailable).toEqual([]);
    const id = sessions[0]?.id ?? "";
    expect(await two.admin.getSession(id)).toMatchObject({ id, gateway: "one", user: "alice" });
    expect((await two.admin.extendSession(id, 300)).gateway).toBe("one");
    await two.admin.endSession(id, "go home");
    expect(await atOne.message("bye")).toMatchObject({ reason: "session_terminated", message: "go home" });
    expect(await one.admin.endSessions({ user: "alice" })).toBe(1);
    expect((await atTwo.message("bye")).reason).toBe("session_terminated");
    // The orders of the other one are in the trail, and what it only asks is not.
    await expect.poll(() => [one, two].map(({ events }) => events.get("admin_called"))).toEqual([3, 5]);
  });

  test("of a peer that does not answer are named as missing", async () => {
    await using pair = await Pair.start();
    const { one, two, wires } = pair;
    await two.open((await two.token(target.address)).token);
    wires.two.set("refuses");
    const { sessions, unavailable } = await one.admin.listSessions();
    expect([sessions, unavailable.map(({ member }) => member)]).toEqual([[], ["gateway two"]]);
    expect((await failureOf(one.admin.endSessions({ all: true }))).unavailable).toMatchObject([
      { member: "gateway two" },
    ]);
  });
});

describe("a token of another gateway", () => {
  test("opens and renews sessions", async () => {
    await using pair = await Pair.start();
    const { one, two } = pair;
    const request = { instance: "vm-1", user: "alice" };
    using client = await two.open((await one.token(target.address, request)).token);
    client.control({
      type: "renew",
      id: 1,
      token: (await one.token(target.address, { ...request, ttlMs: 90_000 })).token,
    });
    expect((await client.message("renewed")).expiresInMs).toBeGreaterThan(60_000);
    client.control({
      type: "renew",
      id: 2,
      token: (await two.token(target.address, { ...request, ttlMs: 120_000 })).token,
    });
    const from = client.messages.findIndex(({ type }) => type === "renewed") + 1;
    expect((await client.message("renewed", from)).expiresInMs).toBeGreaterThan(90_000);
  });

  test("is inspected and revoked at either", async () => {
    await using pair = await Pair.start();
    const { one, two } = pair;
    const { id, token } = await one.token(target.address);
    expect(await two.admin.getToken(id)).toMatchObject({ id, revoked_at: null });
    expect(await two.admin.introspectToken(token)).toMatchObject({ id });
    using atOne = await one.open(token);
    using atTwo = await two.open(token);
    const revoked = await two.admin.revokeToken(id);
    expect(revoked.revoked_at).not.toBeNull();
    expect([(await atOne.message("bye")).reason, (await atTwo.message("bye")).reason]).toEqual([
      "session_terminated",
      "session_terminated",
    ]);
    expect([await one.refusal(token), await two.refusal(token)]).toEqual(["token_invalid", "token_invalid"]);
    expect(await one.admin.getToken(id)).toMatchObject({ revoked_at: revoked.revoked_at });
  });

  test("that is used once opens one session at both together", async () => {
    await using pair = await Pair.start();
    const { one, two } = pair;
    for (let round = 0; round < 5; round += 1) {
      const { token } = await one.token(target.address, { singleUse: true });
      const outcomes = await Promise.all([one, two, one, two].map(async (gateway) => await gateway.refusal(token)));
      expect(outcomes.toSorted()).toEqual(["opened", "token_invalid", "token_invalid", "token_invalid"]);
    }
    const { token } = await one.token(target.address, { singleUse: true });
    expect([await two.refusal(token), await one.refusal(token)]).toEqual(["opened", "token_invalid"]);
  });

  test("with a limit of sessions opens only where it was issued", async () => {
    await using pair = await Pair.start();
    const { token } = await pair.one.token(target.address, { maxSessions: 2 });
    expect([await pair.two.refusal(token), await pair.one.refusal(token)]).toEqual(["server_busy", "opened"]);
  });

  test("opens nothing while that one is away, and again once it is back", async () => {
    await using pair = await Pair.start();
    const { one, two, wires } = pair;
    const { token } = await one.token(target.address);
    using client = await two.open(token);
    wires.one.set("refuses");
    expect(await two.refusal(token)).toBe("server_busy");
    client.control({ type: "renew", id: 1, token });
    expect((await client.message("renew_failed")).reason).toBe("server_busy");
    await knows(two, 1);
    expect(await two.refusal(token)).toBe("server_busy");
    expect(await two.refusal("an unknown token")).toBe("token_invalid");
    expect(await two.refusal((await two.token(target.address)).token)).toBe("opened");
    await expect
      .poll(() => two.readiness())
      .toEqual([
        200,
        "ready; gateway one is away: its tokens open nothing here, their sessions go on until their deadlines",
      ]);
    wires.one.set("passes");
    await knows(two, 2);
    expect(await two.refusal(token)).toBe("opened");
    await expect.poll(() => two.readiness()).toEqual([200, "ready"]);
  });
});

describe("a revocation", () => {
  test("ends sessions at the other gateway within 250 ms", async () => {
    await using pair = await Pair.start({ beatMs: 1000 });
    const { one, two } = pair;
    const { id, token } = await one.token(target.address);
    using client = await two.open(token);
    const elapsed = stopwatch([process.pid]);
    await one.admin.revokeToken(id);
    expect((await client.message("bye")).reason).toBe("session_terminated");
    expect(elapsed()).toBeLessThan(250);
  });

  test.each(["refuses", "hangs"] as const)(
    "at a gateway whose way to the other one %s is said not to be complete, and holds once that is read",
    async (state) => {
      await using pair = await Pair.start({ answerMs: HANGING_MS });
      const { one, two, wires } = pair;
      const { id, token } = await one.token(target.address);
      using client = await two.open(token);
      // Neither can reach the other.
      wires.two.set(state);
      wires.one.set(state);
      const { status, unavailable } = await failureOf(one.admin.revokeToken(id));
      expect([status, unavailable.map(({ member }) => member)]).toEqual([500, ["gateway two"]]);
      expect(client.order).not.toContain("bye");
      expect(await one.refusal(token)).toBe("token_invalid");
      wires.one.set("passes");
      expect((await client.message("bye")).reason).toBe("session_terminated");
      await knows(two, 2);
      expect(await two.refusal(token)).toBe("token_invalid");
    },
  );

  test("of a token whose issuer is away is written there as soon as that is back", async () => {
    await using pair = await Pair.start();
    const { one, two, wires } = pair;
    const { id, token } = await one.token(target.address);
    using atOne = await one.open(token);
    using atTwo = await two.open(token);
    wires.one.set("refuses");
    wires.two.set("refuses");
    await Promise.all([knows(one, 1), knows(two, 1)]);
    expect((await failureOf(two.admin.revokeToken(id))).status).toBe(503);
    expect((await atTwo.message("bye")).reason).toBe("session_terminated");
    // That one is away does not take this one out of service.
    await expect.poll(async () => (await two.readiness())[0]).toBe(200);
    expect(await one.refusal(token)).toBe("opened");
    wires.one.set("passes");
    expect((await atOne.message("bye")).reason).toBe("session_terminated");
    await knows(two, 2);
    expect(await one.admin.getToken(id)).not.toMatchObject({ revoked_at: null });
    expect([await one.refusal(token), await two.refusal(token)]).toEqual(["token_invalid", "token_invalid"]);
  });

  test("is read by the issuer where it cannot be told", async () => {
    await using pair = await Pair.start();
    const { one, two, wires } = pair;
    const { id, token } = await one.token(target.address);
    // Only the way from two to one is cut: one asks at its beat.
    wires.one.set("refuses");
    await knows(two, 1);
    expect((await failureOf(two.admin.revokeToken(id))).status).toBe(503);
    using client = one.connect(token);
    await client.message("bye");
    expect(await one.admin.getToken(id)).not.toMatchObject({ revoked_at: null });
  });

  test("at both at once holds", async () => {
    await using pair = await Pair.start();
    const { one, two } = pair;
    const { id, token } = await one.token(target.address);
    const [first, second] = await Promise.all([one.admin.revokeToken(id), two.admin.revokeToken(id)]);
    expect(first.revoked_at).toBe(second.revoked_at);
    expect([await one.refusal(token), await two.refusal(token)]).toEqual(["token_invalid", "token_invalid"]);
  });
});

describe("a third gateway", () => {
  test("is one of them, and nothing is passed on", async () => {
    await using pair = await Pair.start();
    const { one, two, wires } = pair;
    // One knows nothing of it.
    await using three = await PeerGateway.start("three", { one: wires.one.url, two: wires.two.url });
    await knows(three, 3);
    const { token } = await one.token(target.address);
    await three.open(token);
    await two.open(token);
    expect((await three.admin.listSessions()).sessions.map(({ gateway }) => gateway)).toEqual(["three", "two"]);
    expect((await one.admin.listSessions()).sessions.map(({ gateway }) => gateway)).toEqual(["two"]);
    expect((await two.admin.listSessions()).sessions.map(({ gateway }) => gateway)).toEqual(["two"]);
  });
});
