import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AdminClient, type FollowedEvent } from "../src/admin/index.ts";
import { sha256 } from "../src/sha256.ts";
import { Client } from "./support/client.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "sink" });
});
afterAll(() => target.close());

const adminOf = ({ adminUrl }: { readonly adminUrl: string }): AdminClient =>
  new AdminClient({ url: adminUrl, key: ADMIN_KEY });

/** The events up to the first with this name. */
async function upTo(name: string, events: AsyncGenerator<FollowedEvent>): Promise<readonly FollowedEvent[]> {
  const seen: FollowedEvent[] = [];
  // Not `for await`, which would end them.
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the events ended before ${name}`);
    seen.push(value);
    if (value.event === name) return seen;
  }
}

const names = (events: readonly FollowedEvent[]): readonly string[] => events.map(({ event }) => event);

test("a client follows what happens, without a token, and goes on where it was when it comes back", async () => {
  await using gateway = await TestGateway.start();
  const admin = adminOf(gateway);
  const abort = new AbortController();
  const events = admin.followEvents({ signal: abort.signal });
  const first = events.next();
  // The request itself is the first event.
  expect((await first).value).toMatchObject({ event: "admin_called", data: { actor: "admin", path: "/v1/events" } });
  const { token, id } = await admin.issueToken({ type: "serial", target: target.address, user: "ada" });
  const issued = await upTo("token_issued", events);
  expect(issued.at(-1)?.data).toMatchObject({ actor: "admin", token_id: id, user: "ada" });
  abort.abort();
  using client = new Client(gateway.host, token);
  await client.message("hello");
  client.socket.close(1000);
  await client.closed;
  const again = await upTo("session_ended", admin.followEvents({ after: issued.at(-1)?.id }));
  expect(names(again).filter((name) => name.startsWith("session_"))).toEqual([
    "session_requested",
    "session_opened",
    "session_ended",
  ]);
  expect(again.at(-1)?.data).toMatchObject({ user: "ada", reason: "client_closed" });
  expect(JSON.stringify([...issued, ...again])).not.toContain(token);
});

test("a key that is withdrawn gets no more events, and those of others go on", async () => {
  const key = "a-key-that-may-only-read";
  const reader = { name: "reader", sha256: sha256(key).toString("hex"), rights: ["read"] } as const;
  await using gateway = await TestGateway.start({ config: { admin: { keys: [reader] } } });
  const admin = adminOf(gateway);
  const [events, own] = [new AdminClient({ url: gateway.adminUrl, key }).followEvents(), admin.followEvents()];
  await Promise.all([upTo("admin_called", events), upTo("admin_called", own)]);
  await gateway.reload({ admin: { keys: [{ ...reader, rights: ["issue"] }] } });
  await admin.issueToken({ type: "serial", target: target.address });
  await upTo("token_issued", own);
  for await (const { event } of events) expect(event).not.toMatch(/^token_/);
});

test("events of all workers are followed, and those of one that starts meanwhile", async () => {
  await using gateway = await WorkerGateway.start();
  const events = adminOf(gateway).followEvents();
  await events.next();
  const opened = new Set<unknown>();
  for (const worker of [await gateway.worker(0), await gateway.worker(1)]) {
    using client = await gateway.openIn((pid) => pid === worker, target.address);
    const { session } = await client.message("hello");
    for (;;) {
      const { data } = (await upTo("session_opened", events)).at(-1) as FollowedEvent;
      opened.add(data["pid"]);
      if (data["session"] === session) break;
    }
  }
  expect(opened.size).toBe(2);
  process.kill(await gateway.worker(0), "SIGKILL");
  const third = await gateway.worker(2);
  using client = await gateway.openIn((pid) => pid === third, target.address);
  const { session } = await client.message("hello");
  for (;;) {
    const { data } = (await upTo("session_opened", events)).at(-1) as FollowedEvent;
    if (data["session"] === session) break;
  }
});

test("the number of clients is bounded, and those that leave make room", async () => {
  await using gateway = await TestGateway.start();
  const admin = adminOf(gateway);
  const aborts = Array.from({ length: 16 }, () => new AbortController());
  const clients = aborts.map(({ signal }) => admin.followEvents({ signal }));
  for (const client of clients) await client.next();
  await expect(admin.followEvents().next()).rejects.toMatchObject({ status: 429 });
  aborts[0]?.abort();
  await expect
    .poll(
      async () =>
        await admin
          .followEvents()
          .next()
          .then(
            () => true,
            () => false,
          ),
    )
    .toBe(true);
});

test("HEAD takes no place among the clients", async () => {
  await using gateway = await TestGateway.start();
  const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
  for (let count = 0; count < 17; count += 1) {
    const { status } = await fetch(`${gateway.adminUrl}/v1/events`, { method: "HEAD", headers });
    expect(status).toBe(200);
  }
  expect((await adminOf(gateway).followEvents().next()).value).toMatchObject({ event: "admin_called" });
});

test("a gateway that stops ends the stream", async () => {
  const gateway = await TestGateway.start();
  const events = adminOf(gateway).followEvents();
  await events.next();
  await gateway[Symbol.asyncDispose]();
  for (;;) {
    const { done } = await events.next();
    if (done === true) break;
  }
});
