import { CloseCode, type ServerCloseReason } from "@curfew/protocol";
import { startByteServer, startUnacceptingServer } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { SettableClock } from "./support/clock.ts";
import { type TestGatewayOptions, TestGateway } from "./support/gateway.ts";

/** One way for a session to end: the gateway it needs, and what happens. */
interface Ending {
  readonly options?: TestGatewayOptions;
  /** Resolves to the client that was told the reason. */
  readonly run: (gateway: TestGateway, protocols: readonly string[], clock: SettableClock) => Promise<Client>;
  /** Whether the session had opened. */
  readonly opened?: true;
}

const echo = await startByteServer({ mode: "echo" });

/** Opens a session and waits until the target has it. */
async function openSession(gateway: TestGateway, protocols: readonly string[]): Promise<Client> {
  const { token } = await gateway.token(echo.address, { instance: "vm-1" });
  const client = new Client(gateway.host, token, { protocols });
  client.socket.once("open", () => client.socket.send(Buffer.from("x")));
  await client.bytes(1);
  return client;
}

/** Opens a session and lets so much time pass. */
const openFor =
  (ms: number): Ending["run"] =>
  async (gateway, protocols, clock) => {
    const client = await openSession(gateway, protocols);
    clock.passed = ms;
    return client;
  };

const endings: Record<string, readonly [ServerCloseReason, Ending]> = {
  "the deadline comes": ["session_expired", { opened: true, run: openFor(60_000) }],
  "the user gives no input": [
    "idle_timeout",
    {
      options: { config: { sessions: { idle_timeout: 30 } } },
      opened: true,
      run: openFor(30_000),
    },
  ],
  "the token has expired": [
    "token_expired",
    {
      run: async (gateway, protocols) => {
        const { token, record } = await gateway.token(echo.address, { ttlMs: 1 });
        await expect.poll(() => Date.now()).toBeGreaterThan(record.expiresAt);
        return new Client(gateway.host, token, { protocols });
      },
    },
  ],
  "there is no token": [
    "token_invalid",
    { run: async (gateway, protocols) => new Client(gateway.host, undefined, { protocols }) },
  ],
  "the token is unknown": [
    "token_invalid",
    { run: async (gateway, protocols) => new Client(gateway.host, "nonsense", { protocols }) },
  ],
  "the token was revoked": [
    "token_invalid",
    {
      run: async (gateway, protocols) => {
        const { token, record } = await gateway.token(echo.address);
        await gateway.store.revoke(record.tokenId);
        return new Client(gateway.host, token, { protocols });
      },
    },
  ],
  "the target is outside targets.allow": [
    "forbidden",
    {
      run: async (gateway, protocols) => {
        const { token } = await gateway.token("192.0.2.1:5900");
        return new Client(gateway.host, token, { protocols });
      },
    },
  ],
  "the target's name resolves to an address outside targets.allow": [
    "forbidden",
    {
      options: { config: { targets: { allow: ["10.0.0.0/8"] } } },
      run: async (gateway, protocols) => {
        const { token } = await gateway.token(`localhost:${echo.port}`);
        return new Client(gateway.host, token, { protocols });
      },
    },
  ],
  "the target's name does not resolve": [
    "target_not_found",
    {
      run: async (gateway, protocols) => {
        // RFC 6761: names under .invalid never resolve; a label that is too long fails without a query.
        const { token } = await gateway.token(`${"x".repeat(64)}.invalid:5900`);
        return new Client(gateway.host, token, { protocols });
      },
    },
  ],
  "the target refuses the connection": [
    "target_unreachable",
    {
      run: async (gateway, protocols) => {
        await using target = await startByteServer({ mode: "sink", faults: [{ type: "refuse" }] });
        const { token } = await gateway.token(target.address);
        const client = new Client(gateway.host, token, { protocols });
        await client.closed;
        return client;
      },
    },
  ],
  "the target does not accept in time": [
    "target_timeout",
    {
      options: { config: { targets: { connect_timeout: 0.2 } } },
      run: async (gateway, protocols) => {
        await using target = await startUnacceptingServer();
        const { token } = await gateway.token(target.address);
        const client = new Client(gateway.host, token, { protocols });
        await client.closed;
        return client;
      },
    },
  ],
  "an operator ends the session": [
    "session_terminated",
    {
      opened: true,
      run: async (gateway, protocols) => {
        const client = await openSession(gateway, protocols);
        await gateway.admin("DELETE", `/v1/sessions/${gateway.proxy.sessions.list()[0]?.id}`);
        return client;
      },
    },
  ],
  "the token of a running session is revoked": [
    "session_terminated",
    {
      opened: true,
      run: async (gateway, protocols) => {
        const client = await openSession(gateway, protocols);
        await gateway.admin("DELETE", `/v1/tokens/${gateway.proxy.sessions.list()[0]?.grant?.tokenId}`);
        return client;
      },
    },
  ],
  "the gateway drains": [
    "server_draining",
    {
      opened: true,
      run: async (gateway, protocols) => {
        const client = await openSession(gateway, protocols);
        void gateway.proxy.drain(50);
        return client;
      },
    },
  ],
  "the token source fails": [
    "lookup_failed",
    {
      options: { source: () => ({ resolve: () => Promise.reject(new Error("away")), close: async () => {} }) },
      run: async (gateway, protocols) => new Client(gateway.host, "any", { protocols }),
    },
  ],
};

describe.each([
  ["curfew.v1", ["curfew.v1", "binary"]],
  ["binary", ["binary"]],
  ["no subprotocol", []],
] as const)("a client that speaks %s", (name, protocols) => {
  test.each(Object.entries(endings))("is told when %s", async (_what, [reason, { options, run, opened }]) => {
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, ...options });
    using client = await run(gateway, protocols, clock);
    expect(await client.closed).toEqual({ code: CloseCode[reason], reason });
    await gateway.proxy.sessions.idle();
    expect(gateway.endReasons()).toEqual([reason]);
    const told = name === "curfew.v1" ? [...(opened === true ? ["hello"] : []), "bye"] : [];
    // The end for a lack of input has a warning, which `idle.test.ts` checks.
    const order = client.order.filter((what) => what !== "bytes" && what !== "idle_warning");
    expect(order).toEqual([...told, "close"]);
    const byes = client.messages.flatMap((message) => (message.type === "bye" ? message : []));
    expect(byes.map((bye) => [bye.reason, typeof bye.detail])).toEqual(told.length === 0 ? [] : [[reason, "string"]]);
  });

  test.each(["end", "reset"] as const)("is told that the target has closed, by %s", async (how) => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token, { protocols });
    const connection = await target.waitForConnection();
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.phase).toBe("relaying");
    connection[how]();
    const [code, texts] = name === "curfew.v1" ? [4203, 2] : [1000, 0];
    expect(await client.closed).toEqual({ code, reason: "target_closed" });
    expect(gateway.endReasons()).toEqual(["target_closed"]);
    expect(client.texts).toHaveLength(texts);
  });
});

describe("what only a curfew.v1 client can do wrong", () => {
  test.each([
    ["malformed JSON", "{"],
    ["something that is no object", "[]"],
    ["a message without a type", "{}"],
    ["a known type with a wrong field", '{"type":"ping","id":"one"}'],
    ["a message of more than 8 KiB", JSON.stringify({ type: "ping", id: 1, padding: "x".repeat(8192) })],
  ])("%s ends with protocol_error", async (_what, text) => {
    await using gateway = await TestGateway.start();
    using client = await openSession(gateway, ["curfew.v1"]);
    client.control(text);
    expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
    expect(gateway.endReasons()).toEqual(["protocol_error"]);
  });

  test("unknown types and fields are ignored", async () => {
    await using gateway = await TestGateway.start();
    using client = await openSession(gateway, ["curfew.v1"]);
    client.control({ type: "from the future", id: 1 });
    client.control({ type: "break", durationMs: 250 });
    client.control({ type: "ping", id: 7, unknown: true });
    expect(await client.message("pong")).toEqual({ type: "pong", id: 7, expiresInMs: expect.any(Number) as number });
  });
});

describe("what the client does", () => {
  test("a client that closes is logged as client_closed, and its target goes with it", async () => {
    await using gateway = await TestGateway.start();
    using client = await openSession(gateway, ["curfew.v1"]);
    client.socket.close(1000);
    expect((await client.closed).code).toBe(1000);
    await gateway.proxy.sessions.idle();
    expect(gateway.endReasons()).toEqual(["client_closed"]);
    await echo.waitForNoConnections();
  });

  test("a client that vanishes is logged as connection_lost", async () => {
    await using gateway = await TestGateway.start();
    using client = await openSession(gateway, ["binary"]);
    client.socket.terminate();
    await gateway.proxy.sessions.idle();
    expect(gateway.endReasons()).toEqual(["connection_lost"]);
  });

  test.each([
    ["an unmasked frame", Buffer.from([0x82, 0x01, 0x41]), 1002],
    ["a reserved bit", Buffer.from([0xc2, 0x80, 0, 0, 0, 0]), 1002],
    ["a frame of 2^53 bytes", Buffer.from([0x82, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ])("%s ends the session at once, although the client keeps its connection", async (_what, bytes, code) => {
    const { RawClient, upgradeRequest } = await import("./support/raw-client.ts");
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`));
    await client.status();
    client.write(bytes);
    expect((await client.close()).code).toBe(code);
    await target.waitForNoConnections();
    expect(gateway.endReasons()).toEqual(["protocol_error"]);
  });
});
