import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CloseCode, type ServerCloseReason, tokenSubprotocol } from "@curfew/protocol";
import { type FakeGatewayServer, type FakeGatewayOptions, startFakeGateway, startFakeVnc } from "@curfew/testing";
import { describe, expect, test } from "vitest";

/** A page's WebSocket, with what it heard. */
class Client {
  readonly socket: WebSocket;
  readonly heard: unknown[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(gateway: FakeGatewayServer, offered: string[] = ["binary", "curfew.v1"], path = "/") {
    this.socket = new WebSocket(gateway.url + path, offered);
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("message", ({ data }) =>
      this.heard.push(typeof data === "string" ? JSON.parse(data) : Buffer.from(data as ArrayBuffer).toString()),
    );
    // In Node 22, only an error tells of a connection that broke.
    const broken = once(this.socket, "error").then(() => ({ code: 1006, reason: "" }));
    this.closed = Promise.race([once(this.socket, "close").then(([{ code, reason }]) => ({ code, reason })), broken]);
  }

  /** Waits for so many messages. */
  async messages(count: number): Promise<unknown[]> {
    while (this.heard.length < count) await once(this.socket, "message");
    return this.heard;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}

const hello = { type: "hello", session: "fake-0", expiresInMs: 3_600_000, renewable: true };

describe("opening", () => {
  test.each([
    [{}, ["binary", "curfew.v1"], "curfew.v1"],
    [{}, ["binary"], "binary"],
    [{}, [], ""],
    [{ subprotocol: "binary" }, ["binary", "curfew.v1"], "binary"],
  ] as const)("a gateway with %j chooses, of %j, %j", async (options: FakeGatewayOptions, offered, chosen) => {
    await using gateway = await startFakeGateway(options);
    const client = new Client(gateway, [...offered]);
    await once(client.socket, "open");
    expect(client.socket.protocol).toBe(chosen);
    expect(gateway.sessions[0]).toMatchObject({ protocol: chosen, offered, controlled: chosen === "curfew.v1" });
  });

  test("the token is found in the list of subprotocols and in the query", async () => {
    await using gateway = await startFakeGateway();
    const one = new Client(gateway, ["curfew.v1", tokenSubprotocol("secret")], "/?token=other");
    await once(one.socket, "open");
    const two = new Client(gateway, [], "/console?token=other");
    await once(two.socket, "open");
    expect(gateway.sessions.map(({ token }) => token)).toEqual(["secret", "other"]);
    expect(gateway.received("open").map(({ path }) => path)).toEqual(["/?token=other", "/console?token=other"]);
  });

  test("nothing of the console passes before hello", async () => {
    await using vnc = await startFakeVnc();
    await using gateway = await startFakeGateway({ target: vnc, hello: false });
    const client = new Client(gateway);
    const session = await gateway.waitForSession();
    const connection = await vnc.waitForConnection();
    await expect.poll(() => connection.bytesSent).toBe(12);
    client.say({ type: "ping", id: 1 });
    await client.messages(1);
    session.hello(1000);
    const first = [{ type: "pong", id: 1 }, { ...hello, expiresInMs: 1000 }, "RFB 003.008\n"];
    expect(await client.messages(3)).toEqual(first);
  });
});

describe("ends", () => {
  test.each(Object.keys(CloseCode) as ServerCloseReason[])("%s is said twice, with its code", async (reason) => {
    await using gateway = await startFakeGateway();
    const client = new Client(gateway);
    await client.messages(1);
    gateway.sessions[0]!.end(reason, "words");
    expect(await client.closed).toEqual({ code: CloseCode[reason], reason });
    expect(client.heard).toEqual([hello, { type: "bye", reason, detail: "words" }]);
    expect(await gateway.sessions[0]!.closed).toEqual({ by: "gateway", code: CloseCode[reason], reason });
  });

  test("a client without control messages hears no text, and a target's end as a plain one", async () => {
    await using gateway = await startFakeGateway();
    for (const [reason, code] of [
      ["session_expired", 4100],
      ["target_closed", 1000],
    ] as const) {
      const client = new Client(gateway, ["binary"]);
      await once(client.socket, "open");
      gateway.endAll(reason);
      expect(await client.closed).toEqual({ code, reason });
      expect(client.heard).toEqual([]);
    }
  });

  test("a connection breaks without a close frame", async () => {
    await using gateway = await startFakeGateway();
    const client = new Client(gateway);
    await client.messages(1);
    gateway.sessions[0]!.drop();
    expect(await client.closed).toEqual({ code: 1006, reason: "" });
  });

  test("only the first end counts, from either side", async () => {
    await using gateway = await startFakeGateway();
    const client = new Client(gateway);
    await client.messages(1);
    client.socket.close(4321, "by the page");
    const session = gateway.sessions[0]!;
    expect(await session.closed).toEqual({ by: "page", code: 4321, reason: "by the page" });
    session.expire();
    session.drop();
    session.warn(1000);
    expect(gateway.received("close")).toEqual([{ connection: 0, by: "page", code: 4321, reason: "by the page" }]);
  });

  test("the console's own end and its absence have their reasons", async () => {
    await using vnc = await startFakeVnc();
    await using gateway = await startFakeGateway({ target: vnc.address });
    const client = new Client(gateway);
    await client.messages(2);
    (await vnc.waitForConnection()).end();
    expect(await client.closed).toEqual({ code: 4203, reason: "target_closed" });
    await vnc.refuse();
    const late = new Client(gateway);
    expect(await late.closed).toEqual({ code: 4202, reason: "target_unreachable" });
    expect(late.heard).toEqual([{ type: "bye", reason: "target_unreachable" }]);
  });

  test("the end of a session is the end of its console", async () => {
    await using vnc = await startFakeVnc();
    await using gateway = await startFakeGateway({ target: vnc });
    const client = new Client(gateway);
    await client.messages(2);
    gateway.sessions[0]!.expire();
    expect((await vnc.connections[0]!.closed).by).toBe("client");
  });

  test("a gateway that enforces ends the session in time, and not before a renewal's", async () => {
    await using gateway = await startFakeGateway({ expiresInMs: 50, enforce: true });
    expect(await new Client(gateway).closed).toEqual({ code: 4100, reason: "session_expired" });
    gateway.follow({ expiresInMs: 60_000, renewal: 50 });
    const renewed = new Client(gateway);
    await renewed.messages(1);
    renewed.say({ type: "renew", id: 1, token: "t" });
    expect(await renewed.closed).toEqual({ code: 4100, reason: "session_expired" });
  });

  test("a renewal takes the old end away", async () => {
    await using gateway = await startFakeGateway({ enforce: true });
    gateway.follow((connection) => (connection === 0 ? { expiresInMs: 1000, renewal: null } : { expiresInMs: 1100 }));
    const renewed = new Client(gateway);
    await renewed.messages(1);
    renewed.say({ type: "renew", id: 1, token: "t" });
    await renewed.messages(2);
    await new Client(gateway).messages(1);
    await gateway.sessions[1]!.closed;
    expect(gateway.sessions.map(({ open }) => open)).toEqual([true, false]);
  });
});

describe("control messages", () => {
  test.each([
    [{}, { type: "renewed", id: 4, expiresInMs: 3_600_000 }],
    [{ renewal: null }, { type: "renewed", id: 4, expiresInMs: null }],
    [{ renewal: "forbidden" }, { type: "renew_failed", id: 4, reason: "forbidden" }],
  ] as const)("with %j a renewal is answered with %j", async (options: FakeGatewayOptions, answer) => {
    await using gateway = await startFakeGateway(options);
    const client = new Client(gateway);
    client.socket.addEventListener("open", () => client.say({ type: "renew", id: 4, token: "next" }));
    expect(await client.messages(2)).toEqual([hello, answer]);
    expect(gateway.received("renew")).toEqual([{ connection: 0, id: 4, token: "next" }]);
  });

  test("pings are answered, and the rest is recorded", async () => {
    await using gateway = await startFakeGateway({ renewal: "silence" });
    const client = new Client(gateway);
    await client.messages(1);
    client.say({ type: "renew", id: 1, token: "t" });
    client.say({ type: "break", durationMs: 250 });
    client.say({ type: "from-the-future" });
    client.socket.send(Buffer.from("typed"));
    client.say({ type: "ping", id: 2 });
    expect(await client.messages(2)).toEqual([hello, { type: "pong", id: 2 }]);
    expect(gateway.received("break")).toEqual([{ connection: 0, durationMs: 250 }]);
    expect(gateway.received("input")).toEqual([{ connection: 0, bytes: Buffer.from("typed") }]);
  });

  test("a broken one ends the connection with protocol_error, and is a problem", async () => {
    await using gateway = await startFakeGateway();
    const client = new Client(gateway);
    await client.messages(1);
    client.socket.send("{");
    expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
    expect(await gateway.waitFor("problem")).toEqual({ connection: 0, message: "not JSON" });
  });
});

test("a close code of the test's own is one that a close frame can have", async () => {
  await using gateway = await startFakeGateway();
  const client = new Client(gateway);
  await client.messages(1);
  const session = gateway.sessions[0]!;
  expect(() => session.close(1006)).toThrow("code is 1006; expected one that a close frame can have");
  session.close(4999, "from_the_future");
  expect(await client.closed).toEqual({ code: 4999, reason: "from_the_future" });
  expect(client.heard).toEqual([hello]);
});

test("refused connections count, and a function says what becomes of each", async () => {
  await using gateway = await startFakeGateway();
  gateway.follow((connection) => [{ refuse: "connect_failed" }, { refuse: "server_busy" }, {}][connection] as object);
  const failed = new Client(gateway);
  failed.socket.addEventListener("error", () => {});
  expect((await failed.closed).code).toBe(1006);
  expect(await new Client(gateway).closed).toEqual({ code: 4201, reason: "server_busy" });
  await new Client(gateway).messages(1);
  gateway.refuse("server_draining");
  expect(await new Client(gateway).closed).toEqual({ code: 4200, reason: "server_draining" });
  gateway.accept();
  expect(gateway.sessions.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect((await gateway.waitForSession(2)).open).toBe(true);
});

test("the next session is one that opens after the call, refused connections aside", async () => {
  await using gateway = await startFakeGateway({ session: "7f3a" });
  await new Client(gateway).messages(1);
  const next = gateway.nextSession();
  gateway.refuse("connect_failed");
  const failed = new Client(gateway);
  failed.socket.addEventListener("error", () => {});
  await failed.closed;
  gateway.accept();
  const client = new Client(gateway);
  expect(await client.messages(1)).toEqual([{ ...hello, session: "7f3a" }]);
  expect((await next).number).toBe(2);
});

test("pings stay unanswered, and a session has its own events", async () => {
  await using gateway = await startFakeGateway({ pong: false });
  const other = new Client(gateway);
  await other.messages(1);
  const client = new Client(gateway);
  await client.messages(1);
  other.say({ type: "ping", id: 1 });
  client.say({ type: "ping", id: 2 });
  client.say({ type: "renew", id: 3, token: "next" });
  expect((await client.messages(2))[1]).toMatchObject({ type: "renewed", id: 3 });
  expect(gateway.sessions[1]!.received("ping")).toEqual([{ connection: 1, id: 2 }]);
});

test("a connection breaks at the page's first message", async () => {
  await using gateway = await startFakeGateway({ dropOnMessage: true });
  const client = new Client(gateway);
  await client.messages(1);
  client.say({ type: "ping", id: 1 });
  expect(await client.closed).toEqual({ code: 1006, reason: "" });
});

test("a gateway takes the WebSockets of a web server, and leaves it running", async () => {
  const server = createServer((_, response) => void response.end("page"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const gateway = await startFakeGateway({ server });
    expect(gateway.url).toBe(`ws://127.0.0.1:${port}`);
    const client = new Client(gateway);
    await client.messages(1);
    await gateway.close();
    expect((await client.closed).code).toBe(1006);
    await using again = await startFakeGateway({ server });
    expect(await new Client(again).messages(1)).toEqual([hello]);
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("page");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a console that is played by the test itself", async () => {
  await using gateway = await startFakeGateway({ expiresInMs: null });
  const client = new Client(gateway);
  await client.messages(1);
  await gateway.sessions[0]!.write("login: ");
  await gateway.sessions[0]!.write(Uint8Array.of(0x21));
  expect(await client.messages(3)).toEqual([{ ...hello, expiresInMs: null }, "login: ", "!"]);
});

test("closing breaks every connection and stops listening", async () => {
  const gateway = await startFakeGateway();
  const client = new Client(gateway);
  await client.messages(1);
  const waiting = gateway.waitFor("renew");
  await Promise.all([gateway.close(), expect(waiting).rejects.toThrow("the server was closed")]);
  expect((await client.closed).code).toBe(1006);
  const late = new Client(gateway);
  late.socket.addEventListener("error", () => {});
  expect((await late.closed).code).toBe(1006);
  await gateway.close();
});

describe("wrong options are refused with their value", () => {
  test.each([
    [{ target: "localhost" }, 'target is "localhost"; expected host:port'],
    [{ expiresInMs: -1 }, "expiresInMs is -1; expected milliseconds from 0, or null"],
    [{ renewal: Number.NaN }, "renewal is NaN; expected milliseconds from 0, or null"],
    [{ renewal: "later" }, 'renewal is "later"; expected one of protocol_error,'],
    [{ refuse: "client_closed" }, 'refuse is "client_closed"; expected one of protocol_error,'],
    [{ enforce: true, expiresInMs: null }, "enforce is true and expiresInMs null; expected a time"],
    [{ subprotocol: "curfew.v2" }, 'subprotocol is "curfew.v2"; expected curfew.v1 or binary'],
    [{ port: 65_536 }, "port is 65536; expected an integer from 0 to 65535"],
    [{ server: createServer(), port: 1 }, "server excludes host and port"],
    [{ server: createServer() }, "server does not listen"],
  ])("%o", async (options, message) => {
    await expect(startFakeGateway(options as FakeGatewayOptions)).rejects.toThrow(message);
  });
});
