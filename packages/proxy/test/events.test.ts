import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventObserver, GatewayEvent, RequestEvent } from "../src/telemetry/events.ts";
import { Client } from "./support/client.ts";
import { SettableClock } from "./support/clock.ts";
import { TestGateway } from "./support/gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

/** Hears every event. */
class Recorder implements EventObserver {
  readonly name = "recorder";
  readonly events: GatewayEvent[] = [];

  get types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  notify(event: GatewayEvent): void {
    this.events.push(event);
  }

  find<Type extends GatewayEvent["type"]>(type: Type): Extract<GatewayEvent, { type: Type }> | undefined {
    return this.events.find((event): event is Extract<GatewayEvent, { type: Type }> => event.type === type);
  }
}

/** Answers questions of one type as the test says, and all others at once. */
class Decider implements EventObserver {
  readonly name = "audit";
  readonly #type: RequestEvent["type"];
  readonly #asked = Promise.withResolvers<AbortSignal>();
  readonly #answer = Promise.withResolvers<void>();

  constructor(type: RequestEvent["type"]) {
    this.#type = type;
    this.#answer.promise.catch(() => {});
  }

  static refusing(type: RequestEvent["type"]): Decider {
    const decider = new Decider(type);
    decider.#answer.reject(new Error("the disk is full"));
    return decider;
  }

  /** The signal that came with the question. */
  get asked(): Promise<AbortSignal> {
    return this.#asked.promise;
  }

  allow(): void {
    this.#answer.resolve();
  }

  async before({ type }: RequestEvent, signal: AbortSignal): Promise<void> {
    if (type !== this.#type) return;
    this.#asked.resolve(signal);
    await this.#answer.promise;
  }
}

async function connect(gateway: TestGateway, ttlMs = 60_000): Promise<Client> {
  return new Client(gateway.host, (await gateway.token(target.address, { ttlMs, instance: "vm-1" })).token);
}

async function open(gateway: TestGateway): Promise<Client> {
  const client = await connect(gateway);
  await client.message("hello");
  return client;
}

/** The only session is over, and its client was told why. */
async function expectRefused(client: Client): Promise<void> {
  expect(await client.closed).toEqual({ code: 4201, reason: "server_busy" });
  expect(client.order).toEqual(["bye", "close"]);
}

describe("observers hear", () => {
  test("what happens to a session, with its grant and the client's address", async () => {
    const recorder = new Recorder();
    await using gateway = await TestGateway.start({ observers: [recorder] });
    using client = await open(gateway);
    const { token } = await gateway.token(target.address, { instance: "vm-1" });
    client.control({ type: "renew", id: 1, token });
    await client.message("renewed");
    client.control({ type: "renew", id: 2, token: "nonsense" });
    await client.message("renew_failed");
    client.socket.close(1000);
    await gateway.proxy.sessions.idle();
    expect(recorder.types).toEqual([
      "session_requested",
      "session_opened",
      "renewal_requested",
      "session_renewed",
      "renewal_refused",
      "session_ended",
    ]);
    const { session: id } = await client.message("hello");
    for (const event of recorder.events) {
      expect(event).toMatchObject({ session: { id, clientAddress: "127.0.0.1", grant: { instance: "vm-1" } } });
    }
    expect(recorder.find("renewal_refused")?.error.reason).toBe("token_invalid");
    expect(recorder.find("session_ended")?.end.reason).toBe("client_closed");
  });

  test("every request to the admin API, also without the right key, and no token in the place of an id", async () => {
    const recorder = new Recorder();
    await using gateway = await TestGateway.start({ observers: [recorder] });
    const { token } = await gateway.token(target.address);
    await gateway.admin("GET", `/v1/tokens/${token}`);
    await gateway.admin("GET", "/v1/sessions", undefined, "a-wrong-key-of-the-tests");
    expect(recorder.events).toEqual([
      {
        type: "admin_called",
        actor: { name: "admin", address: "127.0.0.1" },
        method: "GET",
        path: "/v1/tokens",
        status: 404,
      },
      { type: "admin_refused", clientAddress: "127.0.0.1", status: 401 },
    ]);
  });

  test("which session a limit refuses", async () => {
    const recorder = new Recorder();
    await using gateway = await TestGateway.start({ observers: [recorder], config: { sessions: { max: 1 } } });
    using first = await open(gateway);
    using second = await connect(gateway);
    expect((await second.closed).reason).toBe("server_busy");
    const refused = recorder.find("session_ended")?.session.id;
    expect(recorder.find("limit_reached")).toEqual({ type: "limit_reached", limit: "max", sessionId: refused });
    expect(first.order).toEqual(["hello"]);
  });

  test("what the admin API is asked to do and has done, and by which caller", async () => {
    const recorder = new Recorder();
    await using gateway = await TestGateway.start({ observers: [recorder] });
    const body = { type: "serial", target: target.address, instance: "vm-1" };
    const { id, token } = (await (await gateway.admin("POST", "/v1/tokens", body)).json()) as Record<string, string>;
    using client = new Client(gateway.host, token);
    await client.message("hello");
    await gateway.admin("DELETE", "/v1/sessions?instance=vm-1");
    await gateway.admin("DELETE", `/v1/tokens/${id}`);
    const actor = { name: "admin", address: "127.0.0.1" };
    const selection = { by: "instance", instance: "vm-1" };
    const called = (method: string, path: string, status: number): object => ({
      type: "admin_called",
      actor,
      method,
      path,
      status,
    });
    expect(recorder.events.filter((event) => "actor" in event)).toMatchObject([
      { type: "token_requested", actor, token: { type: "serial", instance: "vm-1" } },
      { type: "token_issued", actor, token: { tokenId: id } },
      called("POST", "/v1/tokens", 201),
      { type: "end_requested", actor, selection },
      { type: "sessions_ended", actor, selection, sessions: 1 },
      called("DELETE", "/v1/sessions", 200),
      { type: "revocation_requested", actor, tokenId: id },
      { type: "token_revoked", actor, tokenId: id, sessions: 0 },
      called("DELETE", `/v1/tokens/${id}`, 200),
    ]);
    expect(JSON.stringify(recorder.events.filter((event) => "actor" in event))).not.toContain(token);
  });
});

test("a watcher that throws at every event breaks neither sessions nor requests, and is counted", async () => {
  const throwing: EventObserver = {
    name: "throwing",
    notify() {
      throw new Error("the watcher is broken");
    },
  };
  const recorder = new Recorder();
  await using gateway = await TestGateway.start({ observers: [throwing, recorder] });
  using client = await open(gateway);
  client.socket.send(Buffer.alloc(1000));
  await client.bytes(1000);
  const { token, record } = await gateway.token(target.address, { instance: "vm-1" });
  client.control({ type: "renew", id: 1, token });
  await client.message("renewed");
  expect((await gateway.admin("DELETE", `/v1/tokens/${record.tokenId}`)).status).toBe(200);
  expect(await client.closed).toEqual({ code: 4005, reason: "session_terminated" });
  expect(recorder.types).toContain("session_ended");
  expect(gateway.endReasons()).toEqual(["session_terminated"]);
  const failures = gateway.logged("an event observer failed");
  expect(failures.map(({ event }) => event)).toEqual([...new Set(recorder.types)]);
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(metrics).toContain(`curfew_event_observer_failures_total{observer="throwing"} ${recorder.types.length}`);
  expect(metrics).toContain('curfew_event_observer_failures_total{observer="log"} 0');
});

describe("an observer that refuses", () => {
  test("a session ends it as server_busy before it takes a slot or dials", async () => {
    await using own = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({
      observers: [Decider.refusing("session_requested")],
      config: { sessions: { max_per_instance: 1, on_limit: "replace" } },
    });
    const { token } = await gateway.token(own.address);
    using client = new Client(gateway.host, token);
    await expectRefused(client);
    expect((await client.message("bye")).detail).toBe("the gateway does not allow this now");
    expect(own.connections).toHaveLength(0);
    expect(gateway.held()).toMatchObject({ sessions: 0, deadlines: 0 });
    expect(gateway.logged("session ended")).toMatchObject([
      { level: "warn", reason: "server_busy", detail: expect.stringContaining("audit") as string },
    ]);
  });

  test("a renewal leaves the old deadline and the session as they are", async () => {
    await using gateway = await TestGateway.start({ observers: [Decider.refusing("renewal_requested")] });
    using client = await open(gateway);
    const before = gateway.proxy.sessions.list()[0]?.expiresAt;
    const { token } = await gateway.token(target.address, { instance: "vm-1", ttlMs: 600_000 });
    client.control({ type: "renew", id: 1, token });
    const detail = "the gateway does not allow this now";
    expect(await client.message("renew_failed")).toMatchObject({ id: 1, reason: "server_busy", detail });
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(before);
    client.control({ type: "ping", id: 2 });
    await client.message("pong");
  });

  test.each<[RequestEvent["type"], string, (id: string) => string, object?]>([
    ["token_requested", "POST", () => "/v1/tokens", { type: "serial", target: "127.0.0.1:1" }],
    ["revocation_requested", "DELETE", (id) => `/v1/tokens/${id}`],
    ["end_requested", "DELETE", () => "/v1/sessions?all=true"],
  ])("%s fails the request with 503, and nothing is done", async (type, method, path, body) => {
    await using gateway = await TestGateway.start({ observers: [Decider.refusing(type)] });
    using client = await open(gateway);
    const [{ tokenId } = { tokenId: "" }] = (await gateway.store.list()).tokens;
    const response = await gateway.admin(method, path(tokenId), body);
    expect([response.status, response.headers.get("content-type")]).toEqual([503, "application/problem+json"]);
    expect(((await response.json()) as { detail: string }).detail).toContain("audit");
    client.control({ type: "ping", id: 1 });
    await client.message("pong");
    expect((await gateway.store.list()).tokens).toMatchObject([{ tokenId, revokedAt: undefined }]);
  });
});

describe("while an observer has not answered", () => {
  test("no console is open; it opens with the answer", async () => {
    const decider = new Decider("session_requested");
    await using own = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({ observers: [decider] });
    const { token } = await gateway.token(own.address);
    using client = new Client(gateway.host, token);
    await decider.asked;
    expect([own.connections.length, client.order]).toEqual([0, []]);
    decider.allow();
    await client.message("hello");
  });

  test("the deadline ends the session, and a later answer opens nothing", async () => {
    const decider = new Decider("session_requested");
    await using own = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, observers: [decider] });
    const { token } = await gateway.token(own.address);
    using client = new Client(gateway.host, token);
    const signal = await decider.asked;
    clock.passed = 60_000;
    expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
    expect(signal.aborted).toBe(true);
    decider.allow();
    await gateway.proxy.sessions.idle();
    expect(own.connections).toHaveLength(0);
    expect(gateway.endReasons()).toEqual(["session_expired"]);
  });

  test("a client that leaves ends the session", async () => {
    const decider = new Decider("session_requested");
    await using gateway = await TestGateway.start({ observers: [decider] });
    using client = await connect(gateway);
    const signal = await decider.asked;
    client.socket.terminate();
    await gateway.proxy.sessions.idle();
    expect(signal.aborted).toBe(true);
    expect(gateway.endReasons()).toEqual(["connection_lost"]);
  });

  test("a revocation of the new token holds: the answer renews nothing", async () => {
    const decider = new Decider("renewal_requested");
    await using gateway = await TestGateway.start({ observers: [decider] });
    using client = await open(gateway);
    const { token, record } = await gateway.token(target.address, { instance: "vm-1" });
    client.control({ type: "renew", id: 1, token });
    await decider.asked;
    await gateway.admin("DELETE", `/v1/tokens/${record.tokenId}`);
    decider.allow();
    expect(await client.message("renew_failed")).toMatchObject({ id: 1, reason: "token_invalid" });
  });

  test("of a renewal, another renewal is refused", async () => {
    const decider = new Decider("renewal_requested");
    await using gateway = await TestGateway.start({ observers: [decider] });
    using client = await open(gateway);
    const { token } = await gateway.token(target.address, { instance: "vm-1" });
    client.control({ type: "renew", id: 1, token });
    await decider.asked;
    client.control({ type: "renew", id: 2, token });
    expect(await client.message("renew_failed")).toMatchObject({ id: 2, reason: "server_busy" });
    decider.allow();
    expect(await client.message("renewed")).toMatchObject({ id: 1 });
  });

  test("a session that ends during its renewal is not renewed", async () => {
    const decider = new Decider("renewal_requested");
    const recorder = new Recorder();
    await using gateway = await TestGateway.start({ observers: [decider, recorder] });
    using client = await open(gateway);
    const { token } = await gateway.token(target.address, { instance: "vm-1" });
    client.control({ type: "renew", id: 1, token });
    await decider.asked;
    await gateway.admin("DELETE", "/v1/sessions?all=true");
    expect((await client.closed).reason).toBe("session_terminated");
    decider.allow();
    await gateway.proxy.sessions.idle();
    expect(recorder.types).not.toContain("session_renewed");
    expect(client.order).toEqual(["hello", "bye", "close"]);
  });
});

test("the end of a session is logged although its cause cannot be", async () => {
  const { proxy: cause, revoke } = Proxy.revocable({}, {});
  revoke();
  await using gateway = await TestGateway.start({
    observers: [{ name: "policy", before: () => Promise.reject(cause) }],
  });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  expect((await client.closed).reason).toBe("server_busy");
  expect(gateway.logged("session ended")).toMatchObject([
    { reason: "server_busy", cause: "the error cannot be logged" },
  ]);
});
