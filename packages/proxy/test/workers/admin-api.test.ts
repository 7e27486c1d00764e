import { type ByteServer, startByteServer } from "@curfew/testing";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SessionView } from "../../src/control/session-view.ts";
import { Client } from "../support/client.ts";
import { waiting } from "../support/waited.ts";
import { WorkerGateway } from "../support/worker-gateway.ts";

let target: ByteServer;
let gateway: WorkerGateway;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
  gateway = await WorkerGateway.start({ SESSIONS_MAX_PER_TOKEN: "null" });
});
beforeEach(async () => {
  await gateway.admin("DELETE", "/v1/sessions?all=true");
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await target.close();
});

/** A session for each of the machines, in each of the workers in turn. */
async function openSome(instances: readonly string[] = ["a", "a", "b", "b"]): Promise<readonly Client[]> {
  const clients: Client[] = [];
  const workers = gateway.workers();
  for (const [number, instance] of instances.entries()) {
    clients.push(await gateway.openIn((worker) => worker === workers[number % 2], target.address, instance));
  }
  return clients;
}

/** So many clients of one token that both workers have some. */
async function openMany(on: WorkerGateway, token: string): Promise<readonly Client[]> {
  const clients = Array.from({ length: 24 }, () => new Client(on.host, token));
  await Promise.all(clients.map((client) => client.message("hello")));
  const workers = new Set<number>();
  for (const client of clients) workers.add(await on.workerOf(client));
  expect(workers.size).toBe(2);
  return clients;
}

async function ids(clients: readonly Client[]): Promise<readonly string[]> {
  return await Promise.all(clients.map(async (client) => (await client.message("hello")).session));
}

const listed = async (query = ""): Promise<readonly SessionView[]> =>
  (await gateway.admin<{ sessions: SessionView[] }>("GET", `/v1/sessions${query}`)).sessions;

/** How long what is done takes to end each of the clients, in milliseconds, without waiting for a processor. */
async function endTimes(clients: readonly Client[], act: () => Promise<unknown>): Promise<readonly number[]> {
  const waited = waiting(gateway.pids);
  const start = performance.now();
  const ends = clients.map(async ({ closed }) => {
    await closed;
    return performance.now() - start;
  });
  await act();
  const times = await Promise.all(ends);
  const waitedMs = waited();
  return times.map((ms) => Math.max(0, ms - waitedMs));
}

/** A line for each range of times that occurred. */
function histogram(times: readonly number[]): string {
  const bounds = [5, 10, 20, 50, 100, 200, 500, Infinity];
  const counts = bounds.map(
    (bound, index) => times.filter((ms) => ms <= bound && ms > (bounds[index - 1] ?? 0)).length,
  );
  return bounds.flatMap((bound, index) => (counts[index] === 0 ? [] : `<= ${bound} ms: ${counts[index]}`)).join("\n");
}

describe("what is withdrawn reaches every worker within 100 ms", () => {
  test.each<[string, (id: string, user: string) => [method: string, path: string, body?: unknown]]>([
    ["a revoked token", (id) => ["DELETE", `/v1/tokens/${id}`]],
    ["the sessions of a user", (_id, user) => ["DELETE", `/v1/sessions?user=${user}`]],
    ["a locked user", (_id, user) => ["POST", "/v1/locks", { user }]],
  ])("%s", async (_what, request) => {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const user = `user-${round}`;
      const body = { type: "serial", target: target.address, user };
      const { id, token } = await gateway.admin<{ id: string; token: string }>("POST", "/v1/tokens", body);
      const clients = await openMany(gateway, token);
      times.push(...(await endTimes(clients, async () => await gateway.admin(...request(id, user)))));
    }
    process.stdout.write(`${times.length} sessions in 2 workers ended after:\n${histogram(times)}\n`);
    // Half of them even while the machine has other work.
    expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(100);
    const { locks } = await gateway.admin<{ locks: { id: string }[] }>("GET", "/v1/locks");
    for (const { id } of locks) await gateway.admin("DELETE", `/v1/locks/${id}`);
  });

  test("a token for one use opens one session, whichever worker a client reaches", async () => {
    const body = { type: "serial", target: target.address, single_use: true };
    const { token } = await gateway.admin<{ token: string }>("POST", "/v1/tokens", body);
    const clients = Array.from({ length: 24 }, () => new Client(gateway.host, token));
    const told = await Promise.all(clients.map((client) => Promise.race([client.message("hello"), client.closed])));
    expect(told.filter((answer) => !("reason" in answer))).toHaveLength(1);
  });
});

describe("the admin API", () => {
  test("lists the sessions of all workers, oldest first, and inspects each", async () => {
    const clients = await openSome();
    const sessions = await listed();
    expect(sessions.map(({ id }) => id)).toEqual(await ids(clients));
    for (const session of sessions) expect(await gateway.admin("GET", `/v1/sessions/${session.id}`)).toEqual(session);
    expect((await gateway.admin("GET", "/v1/sessions/none"))["detail"]).toBe("there is no such session");
  });

  test("ends sessions one by one, by instance, and all, in whichever worker they run", async () => {
    const clients = await openSome(["a", "a", "b", "b", "c", "c"]);
    const [first = "", second = ""] = await ids(clients);
    expect(await gateway.admin("DELETE", `/v1/sessions/${first}`)).toEqual({ ended: 1 });
    expect(await gateway.admin("DELETE", `/v1/sessions/${second}`)).toEqual({ ended: 1 });
    expect(await listed("?instance=b")).toHaveLength(2);
    expect(await gateway.admin("DELETE", "/v1/sessions?instance=b&message=Sorry")).toEqual({ ended: 2 });
    expect(await Promise.all([clients[2]?.message("bye"), clients[3]?.message("bye")])).toMatchObject(
      Array.from({ length: 2 }, () => ({ message: "Sorry" })),
    );
    expect(await listed()).toHaveLength(2);
    expect(await gateway.admin("DELETE", "/v1/sessions?all=true")).toEqual({ ended: 2 });
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["session_terminated"]));
    expect((await gateway.admin("DELETE", `/v1/sessions/${first}`))["detail"]).toBe("there is no such session");
  });

  test("revoking a token ends its sessions in every worker, and it opens none any more", async () => {
    const { id, token } = await gateway.token(target.address);
    const clients = await openMany(gateway, token);
    using kept = await gateway.open(target.address);
    await gateway.admin("DELETE", `/v1/tokens/${id}`);
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([4005]));
    for (let count = 0; count < 2; count += 1) {
      using late = new Client(gateway.host, token);
      expect((await late.closed).reason).toBe("token_invalid");
    }
    kept.control({ type: "ping", id: 1 });
    await kept.message("pong");
  });

  test("a token renews in a worker as it does in one process", async () => {
    using client = await gateway.open(target.address, "vm-9");
    const { token } = await gateway.token(target.address, "vm-9");
    client.control({ type: "renew", id: 1, token });
    expect(await client.message("renewed")).toMatchObject({ id: 1 });
    client.control({ type: "renew", id: 2, token: (await gateway.token(target.address, "vm-8")).token });
    expect(await client.message("renew_failed")).toMatchObject({ id: 2, reason: "forbidden" });
  });
});

test("the metrics are the sum over the workers", async () => {
  await using own = await WorkerGateway.start();
  const clients: Client[] = [];
  for (let count = 0; count < 4; count += 1) clients.push(await own.open(target.address));
  for (const client of clients) client.socket.send(Buffer.alloc(1000));
  await Promise.all(clients.map((client) => client.bytes(1000)));
  expect(await own.metric("curfew_sessions_active")).toBe(4);
  expect(await own.metric("curfew_session_handshake_seconds_count")).toBe(4);
  expect(await own.metric('curfew_session_handshake_seconds_bucket{le="+Inf"}')).toBe(4);
  expect(await own.metric('curfew_relayed_bytes_total{direction="to_client"}')).toBe(4000);
  await own.admin("DELETE", "/v1/sessions?all=true");
  await Promise.all(clients.map(({ closed }) => closed));
  expect(await own.metric("curfew_sessions_active")).toBe(0);
  expect(await own.metric('curfew_sessions_ended_total{reason="session_terminated"}')).toBe(4);
  expect(await own.metric('curfew_sessions_refused_total{limit="max"}')).toBe(0);
});

test("with a store in a file every worker reads the same one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-workers-"));
  {
    await using own = await WorkerGateway.start({
      TOKENS_PATH: join(folder, "tokens.db"),
      SESSIONS_MAX_PER_TOKEN: "24",
    });
    const { id, token } = await own.token(target.address);
    const clients = await openMany(own, token);
    await own.admin("DELETE", `/v1/tokens/${id}`);
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["session_terminated"]));
  }
  await rm(folder, { recursive: true });
});
