import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { WorkerGateway } from "../support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

/** Whether a client gets a session; otherwise why not. */
async function outcome(client: Client): Promise<string> {
  return await client.message("hello").then(
    () => "hello",
    async () => (await client.closed).reason,
  );
}

describe("limits hold for all workers together", () => {
  test("of many sessions that open at once exactly as many get a slot as there are", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_MAX: "5" });
    const { token } = await gateway.token(target.address);
    const clients = Array.from({ length: 24 }, () => new Client(gateway.host, token));
    const outcomes = await Promise.all(clients.map(outcome));
    expect(outcomes.toSorted()).toEqual([...Array<string>(5).fill("hello"), ...Array<string>(19).fill("server_busy")]);
    expect(await gateway.metric('curfew_sessions_refused_total{limit="max"}')).toBe(19);

    const winner = clients[outcomes.indexOf("hello")];
    winner?.socket.close(1000);
    await winner?.closed;
    await gateway.until(() => gateway.logged("session ended").length === 20);
    // Once the primary has heard of the end.
    using next = await gateway.openIn(() => true, target.address);
    using tooMany = await gateway.connect(target.address);
    expect([await outcome(next), await outcome(tooMany)]).toEqual(["hello", "server_busy"]);
  });

  test("the slots of a worker that crashes, and of targets that refuse, are released", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_MAX_PER_CLIENT: "2" });
    await using refusing = await startByteServer({ mode: "sink", faults: [{ type: "refuse" }] });
    for (let count = 0; count < 4; count += 1) {
      using client = await gateway.connect(refusing.address);
      expect((await client.closed).reason).toBe("target_unreachable");
    }
    const first = await gateway.open(target.address);
    const worker = await gateway.workerOf(first);
    using second = await gateway.openIn((other) => other !== worker, target.address);
    using refused = await gateway.connect(target.address);
    expect(await outcome(refused)).toBe("server_busy");
    process.kill(worker, "SIGKILL");
    await first.closed;
    await gateway.until(() => gateway.logged("worker crashed").length === 1);
    using third = await gateway.open(target.address);
    using fourth = await gateway.connect(target.address);
    expect([await outcome(second), await outcome(third), await outcome(fourth)]).toEqual([
      "hello",
      "hello",
      "server_busy",
    ]);
  });

  test("a new session replaces the machine's oldest one in another worker", async () => {
    await using gateway = await WorkerGateway.start({
      SESSIONS_MAX_PER_INSTANCE: "1",
      SESSIONS_ON_LIMIT: "replace",
    });
    using other = await gateway.open(target.address, "b");
    const clients = [await gateway.open(target.address, "a")];
    // Until sessions of both workers were replaced by one of the other worker.
    for (let [last, changes] = [0, 0]; changes < 3;) {
      const replaced = clients.at(-1);
      clients.push(await gateway.open(target.address, "a"));
      expect(await replaced?.closed).toEqual({ code: 4006, reason: "session_replaced" });
      const worker = await gateway.workerOf(clients.at(-1) as Client);
      if (worker !== last) changes += 1;
      last = worker;
    }
    expect([other.order, clients.at(-1)?.order]).toEqual([["hello"], ["hello"]]);
  });

  test("a question to a user is withdrawn when the new session leaves", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_MAX_PER_INSTANCE: "1", SESSIONS_ON_LIMIT: "ask" });
    using present = await gateway.open(target.address, "a");
    using next = await gateway.connect(target.address, "a");
    await present.message("takeover_request");
    await next.message("takeover_pending");
    next.socket.close(1000);
    await present.message("takeover_over");
    // Within 30 s after a question.
    using later = await gateway.connect(target.address, "a");
    expect((await later.closed).reason).toBe("server_busy");
  });

  test("a session of another worker is taken over, if its user allows it", async () => {
    await using gateway = await WorkerGateway.start({ SESSIONS_MAX_PER_INSTANCE: "1", SESSIONS_ON_LIMIT: "ask" });
    let present = await gateway.open(target.address, "a");
    const workers = new Set([await gateway.workerOf(present)]);
    while (workers.size < 2) {
      using old = present;
      const next = await gateway.connect(target.address, "a");
      const { id } = await old.message("takeover_request");
      old.control({ type: "takeover_answer", id, allow: true });
      expect(await old.closed).toEqual({ code: 4006, reason: "session_replaced" });
      await next.message("hello");
      workers.add(await gateway.workerOf(next));
      present = next;
    }
    present.socket.terminate();
  });
});
