import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { SettableClock } from "./support/clock.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";

interface Issued {
  readonly id: string;
  readonly token: string;
  readonly url: string;
  readonly ws_url: string;
  readonly expires_at: string;
  readonly created_at: string;
}

let target: ByteServer;
let gateway: TestGateway;
beforeAll(async () => {
  target = await startByteServer({ mode: "sink" });
  gateway = await TestGateway.start();
});
beforeEach(async () => {
  gateway.proxy.sessions.endAll("session_terminated", "between tests");
  await gateway.proxy.sessions.idle();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await target.close();
});

const json = async (response: Promise<Response>): Promise<Record<string, unknown>> =>
  (await (await response).json()) as Record<string, unknown>;
const detail = async (response: Promise<Response>): Promise<unknown> => (await json(response))["detail"];

async function issue(request: object = {}): Promise<Issued> {
  const body = { type: "serial", target: target.address, ...request };
  return (await json(gateway.admin("POST", "/v1/tokens", body))) as unknown as Issued;
}

async function open(token: string): Promise<Client> {
  const client = new Client(gateway.host, token);
  await client.message("hello");
  return client;
}

describe("the key", () => {
  test.each([
    ["no key", undefined],
    ["a wrong key", "Bearer wrong"],
    ["the key as a password", `Basic ${btoa(`:${ADMIN_KEY}`)}`],
    ["an empty key", "Bearer "],
  ])("%s gets 401 at every address under /v1", async (_what, authorization) => {
    for (const [method, path] of [
      ["POST", "/v1/tokens"],
      ["GET", "/v1/tokens"],
      ["GET", "/v1/sessions"],
      ["DELETE", "/v1/sessions?all=true"],
      ["GET", "/v1/nothing"],
    ] as const) {
      const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
      const response = await fetch(gateway.adminUrl + path, { method, headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  test("health and metrics want none, and are not on the public listener", async () => {
    for (const path of ["/healthz", "/readyz", "/metrics"]) {
      expect((await fetch(gateway.adminUrl + path)).status).toBe(200);
    }
    expect((await fetch(`http://${gateway.host}/metrics`)).status).toBe(404);
    expect((await fetch(`http://${gateway.host}/v1/sessions`)).status).toBe(404);
  });

  test("a gateway without a configured key makes one of its own", async () => {
    await using other = await TestGateway.start({ config: { admin: { key: null } } });
    expect(other.proxy.adminKey).toMatch(/^[\w-]{32}$/);
    expect((await other.admin("GET", "/v1/tokens", undefined, other.proxy.adminKey)).status).toBe(200);
    expect((await other.admin("GET", "/v1/tokens")).status).toBe(401);
  });
});

describe("tokens", () => {
  test("an issued token opens its console, and its URL carries it in the fragment", async () => {
    const issued = await issue({ ttl: 90, instance: "vm-1", name: "Web 1" });
    expect(Date.parse(issued.expires_at) - Date.parse(issued.created_at)).toBe(90_000);
    expect(issued.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const url = new URL(issued.url);
    expect(url.host).toBe(gateway.host);
    expect(url.searchParams.get("type")).toBe("serial");
    expect(url.searchParams.get("name")).toBe("Web 1");
    expect(url.hash).toBe(`#token=${issued.token}`);
    expect(issued.ws_url).toBe(`ws://${gateway.host}/websockify`);
    using client = new Client(gateway.host, issued.token, {
      path: `${new URL(issued.ws_url).pathname}?token=${issued.token}`,
    });
    await client.message("hello");
    expect(client.messages).toHaveLength(1);
  });

  test("a token is issued for a user, with the access and the uses that were asked for", async () => {
    const asked = { user: "alice", access: "view", single_use: true, max_sessions: 2 };
    const { id } = await issue(asked);
    expect(await json(gateway.admin("GET", `/v1/tokens/${id}`))).toMatchObject(asked);
    const none = { user: null, access: null, single_use: null, max_sessions: null };
    expect(await issue(none)).toMatchObject({ user: null, access: "control", single_use: false, max_sessions: null });
  });

  test("an answer that issues a token is not to be stored", async () => {
    const named = "tls://127.0.0.1:5901?server_name=vm-1.example";
    const tls = await gateway.admin("POST", "/v1/tokens", { type: "vnc", target: named });
    expect(await tls.json()).toMatchObject({ target: named });
    const response = await gateway.admin("POST", "/v1/tokens", { type: "vnc", target: "[::1]:5901" });
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("a token can be looked at by its id and by itself, and never shows itself", async () => {
    const { id, token } = await issue({ instance: "vm-2" });
    for (const answer of [
      gateway.admin("GET", `/v1/tokens/${id}`),
      gateway.admin("POST", "/v1/tokens/introspect", { token }),
    ]) {
      const text = await (await answer).text();
      expect(JSON.parse(text)).toMatchObject({ id, instance: "vm-2", target: target.address, revoked_at: null });
      expect(text).not.toContain(token);
    }
    expect((await json(gateway.admin("GET", "/v1/tokens")))["tokens"]).toContainEqual(expect.objectContaining({ id }));
  });

  test.each(["by id", "by itself"])("revoking a token %s ends its sessions, and only those", async (how) => {
    const [mine, other] = [await issue(), await issue()];
    using ended = await open(mine.token);
    using kept = await open(other.token);
    const revoked =
      how === "by id"
        ? gateway.admin("DELETE", `/v1/tokens/${mine.id}`)
        : gateway.admin("POST", "/v1/tokens/revoke", { token: mine.token });
    expect((await json(revoked))["revoked_at"]).not.toBeNull();
    expect(await ended.closed).toEqual({ code: 4005, reason: "session_terminated" });
    using again = new Client(gateway.host, mine.token);
    expect((await again.closed).reason).toBe("token_invalid");
    expect(gateway.held().sessions).toBe(1);
    kept.control({ type: "ping", id: 1 });
    await kept.message("pong");
  });

  test.each(["opened it", "renewed it"])(
    "after a renewal, revoking the token that %s ends the session",
    async (which) => {
      const [first, second] = [await issue(), await issue()];
      using client = await open(first.token);
      client.control({ type: "renew", id: 1, token: second.token });
      await client.message("renewed");
      await gateway.admin("DELETE", `/v1/tokens/${which === "opened it" ? first.id : second.id}`);
      expect((await client.closed).reason).toBe("session_terminated");
    },
  );

  test.each([
    ["no body", undefined, "body: expected an object"],
    ["a body that is no JSON", "{", "body: expected an object"],
    ["no type", { target: "127.0.0.1:1" }, "type: "],
    ["an unknown type", { type: "rdp", target: "127.0.0.1:1" }, 'type: expected "vnc" or "serial"'],
    ["no target", { type: "vnc" }, "target: "],
    ["a target without a port", { type: "vnc", target: "127.0.0.1" }, "target: expected host:port"],
    ["port 0", { type: "vnc", target: "127.0.0.1:0" }, "target: expected a port from 1 to 65535"],
    ["a relative path", { type: "vnc", target: "unix:vm-1" }, "target: expected unix: and an absolute path"],
    [
      "a socket that may not be dialed",
      { type: "vnc", target: "unix:/run/vm" },
      "target: expected an address in targets",
    ],
    [
      "an address that may not be",
      { type: "vnc", target: "tls://192.0.2.1:1" },
      "target: expected an address in targets",
    ],
    ["a lifetime of 0", { type: "vnc", target: "a:1", ttl: 0 }, "ttl: expected more than 0 seconds"],
    ["a lifetime as text", { type: "vnc", target: "a:1", ttl: "60" }, "ttl: expected a number of seconds"],
    ["a lifetime of 1,000 years", { type: "vnc", target: "a:1", ttl: 3.2e10 }, "ttl: expected at most"],
    ["an empty instance", { type: "vnc", target: "a:1", instance: "" }, "instance: expected a string that is not"],
    ["an unknown field", { type: "vnc", target: "a:1", tll: 60 }, "tll: there is no such field"],
  ])("%s is refused with 422 and the field's name", async (_what, body, expected) => {
    const response = await gateway.admin("POST", "/v1/tokens", body);
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(((await response.json()) as { detail: string }).detail).toContain(expected);
  });

  test.each([
    ["GET", "/v1/tokens?project=a"],
    ["GET", "/v1/tokens/none?x=1"],
    ["DELETE", "/v1/tokens/none?message=x"],
    ["POST", "/v1/tokens?ttl=1"],
    ["POST", "/v1/tokens/introspect?x=1"],
    ["POST", "/v1/tokens/revoke?x=1"],
    ["GET", "/v1/sessions?project=a"],
    ["GET", "/v1/sessions/none?x=1"],
    ["DELETE", "/v1/sessions?instanze=a&all=true"],
    ["DELETE", "/v1/sessions/none?x=1"],
  ])("%s %s is refused with 400 and the parameter's name", async (method, path) => {
    const response = await gateway.admin(method, path, method === "POST" ? {} : undefined);
    expect(response.status).toBe(400);
    const [name = ""] = new URLSearchParams(path.split("?")[1]).keys();
    expect(await detail(Promise.resolve(response))).toContain(`${name}: there is no such parameter; expected `);
  });

  test("what is not there gets 404", async () => {
    for (const [method, path, body] of [
      ["GET", "/v1/tokens/none"],
      ["DELETE", "/v1/tokens/none"],
      ["POST", "/v1/tokens/introspect", { token: "none" }],
      ["POST", "/v1/tokens/revoke", { token: "none" }],
      ["GET", "/v1/sessions/none"],
      ["DELETE", "/v1/sessions/none"],
      ["GET", "/v1/nothing"],
    ] as const) {
      expect((await gateway.admin(method, path, body)).status).toBe(404);
    }
  });
});

describe("sessions", () => {
  test("are listed with what they are, and no token", async () => {
    const issued = await issue({ instance: "vm-3", name: "DB", user: "alice", ttl: 90 });
    using client = await open(issued.token);
    const { session: id } = await client.message("hello");
    const text = await (await gateway.admin("GET", "/v1/sessions")).text();
    expect(text).not.toContain(issued.token);
    const { sessions } = JSON.parse(text) as { sessions: unknown[] };
    expect(sessions).toEqual([
      {
        id,
        token_id: issued.id,
        type: "serial",
        target: target.address,
        instance: "vm-3",
        name: "DB",
        user: "alice",
        access: "control",
        client: "127.0.0.1",
        gateway: null,
        certificate: null,
        state: "relaying",
        started_at: expect.any(String) as string,
        expires_at: issued.expires_at,
        bytes_to_client: 0,
        bytes_to_target: 0,
      },
    ]);
    expect(await json(gateway.admin("GET", `/v1/sessions/${id}`))).toEqual(sessions[0]);
  });

  test("are listed by instance, type and user", async () => {
    const a = await issue({ instance: "a" });
    const b = await issue({ instance: "b" });
    using first = await open(a.token);
    using second = await open(b.token);
    expect([first, second].map(({ messages }) => messages.length)).toEqual([1, 1]);
    const listed = async (query: string): Promise<unknown> => {
      const { sessions } = await json(gateway.admin("GET", `/v1/sessions?${query}`));
      return (sessions as { instance: string }[]).map(({ instance }) => instance);
    };
    expect(await listed("instance=a")).toEqual(["a"]);
    expect(await listed("type=serial")).toEqual(["a", "b"]);
    expect(await listed("type=vnc")).toEqual([]);
    expect(await listed("user=ada")).toEqual([]);
    expect(await listed("instance=b&type=serial&limit=1")).toEqual(["b"]);
    expect(await detail(gateway.admin("GET", "/v1/sessions?type=rdp"))).toBe(
      'type: expected "vnc" or "serial" or "spice", but got "rdp"',
    );
  });

  test("are ended with a sentence for the user, which the gateway's own words leave alone", async () => {
    const { token } = await issue({ instance: "a" });
    for (const path of [(id: string) => `/v1/sessions/${id}?message=`, () => "/v1/sessions?instance=a&message="]) {
      using client = await open(token);
      const { session } = await client.message("hello");
      const message = "Maintenance until 14:00, sorry – Ada";
      expect(await json(gateway.admin("DELETE", path(session) + encodeURIComponent(message)))).toEqual({ ended: 1 });
      expect(await client.message("bye")).toEqual({
        type: "bye",
        reason: "session_terminated",
        detail: "an operator ended the session",
        message,
      });
    }
    for (const message of ["", " ", "x".repeat(501), "two\nlines", "\u202egnihtemos"]) {
      const response = await gateway.admin("DELETE", `/v1/sessions?all=true&message=${encodeURIComponent(message)}`);
      expect(response.status).toBe(400);
      expect(await detail(Promise.resolve(response))).toContain("message: expected a line of text of 1 to 500");
    }
  });

  test("are ended one by one, by instance, by user, or all", async () => {
    const a = await issue({ instance: "a" });
    const b = await issue({ instance: "b" });
    const c = await issue({ instance: "b", user: "alice" });
    using c1 = await open(c.token);
    expect(await json(gateway.admin("DELETE", "/v1/sessions?user=alice"))).toEqual({ ended: 1 });
    expect((await c1.closed).code).toBe(4005);
    using a1 = await open(a.token);
    using a2 = await open(a.token);
    using b1 = await open(b.token);
    using b2 = await open(b.token);
    const { session } = await b1.message("hello");
    expect(await json(gateway.admin("DELETE", `/v1/sessions/${session}`))).toEqual({ ended: 1 });
    expect((await b1.closed).reason).toBe("session_terminated");
    expect(gateway.held().sessions).toBe(3);
    expect(await json(gateway.admin("DELETE", "/v1/sessions?instance=a"))).toEqual({ ended: 2 });
    expect([(await a1.closed).code, (await a2.closed).code]).toEqual([4005, 4005]);
    for (const query of ["", "?user=alice&instance=a", "?all=true&user=alice"]) {
      expect(await detail(gateway.admin("DELETE", `/v1/sessions${query}`))).toContain(
        "expected ?instance=ID, ?user=NAME, or ?all=true",
      );
    }
    expect(await detail(gateway.admin("DELETE", "/v1/sessions?all=1"))).toBe('all: expected "true", but got "1"');
    expect(gateway.held().sessions).toBe(1);
    expect(await json(gateway.admin("DELETE", "/v1/sessions?all=true"))).toEqual({ ended: 1 });
    expect((await b2.closed).reason).toBe("session_terminated");
  });
});

test("metrics count sessions, ends by reason, renewals, lateness and bytes", async () => {
  await using echo = await startByteServer({ mode: "echo" });
  const clock = new SettableClock();
  await using own = await TestGateway.start({ clock });
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${own.adminUrl}/metrics`)).text();
    return Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.split(" ")[1],
    );
  };
  expect(await metric('curfew_sessions_ended_total{reason="session_expired"}')).toBe(0);
  const { token } = await own.token(echo.address);
  using client = new Client(own.host, token);
  await client.message("hello");
  client.control({ type: "renew", id: 1, token });
  client.socket.send(Buffer.alloc(1000));
  await client.bytes(1000);
  await client.message("renewed");
  expect(await metric("curfew_sessions_active")).toBe(1);
  expect(await metric('curfew_relayed_bytes_total{direction="to_client"}')).toBe(1000);
  clock.passed = 60_000;
  await client.closed;
  expect(await metric("curfew_sessions_active")).toBe(0);
  expect(await metric('curfew_sessions_ended_total{reason="session_expired"}')).toBe(1);
  expect(await metric("curfew_session_expiry_lateness_seconds_count")).toBe(1);
  expect(await metric("curfew_session_handshake_seconds_count")).toBe(1);
  expect(await metric("curfew_renewals_total")).toBe(1);
  // The token that opened the session, and the one that renewed it.
  expect(await metric('curfew_token_lookup_seconds_count{source="tokens.store"}')).toBe(2);
  expect(await metric('curfew_token_lookup_errors_total{source="tokens.store"}')).toBe(0);
  expect(await metric('curfew_relayed_bytes_total{direction="to_target"}')).toBe(1000);
});
