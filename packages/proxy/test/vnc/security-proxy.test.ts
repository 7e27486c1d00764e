import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ClientFilter } from "../../src/consoles/client-filter.ts";
import { createConsoles } from "../../src/consoles/index.ts";
import { type ConfigInput, parseConfig } from "../../src/index.ts";
import { Client } from "../support/client.ts";
import { TestGateway, type TestGatewayOptions } from "../support/gateway.ts";
import {
  offer,
  OK,
  type ScriptedConnection,
  type ScriptedVnc,
  startScriptedVnc,
  uint32,
  VERSION,
  withLength,
} from "../support/scripted-vnc.ts";

const NO_AGREEMENT = "Unable to negotiate security with server";
const CLIENT_INIT = Buffer.of(1);

function gatewayWith(vnc: ConfigInput["vnc"], options: TestGatewayOptions = {}): Promise<TestGateway> {
  return TestGateway.start({ ...options, config: { ...options.config, vnc } });
}

/** A client as noVNC is without our SDK. */
async function connect(gateway: TestGateway, server: ScriptedVnc, protocols = ["binary"]): Promise<Client> {
  const { token } = await gateway.token(server.address, { type: "vnc" });
  return new Client(gateway.host, token, { protocols });
}

function received(client: Client): Buffer {
  return Buffer.concat(client.head);
}

/** Sends what a viewer sends up to its choice of a security type. */
async function answer(client: Client, choice = 1, version = VERSION): Promise<void> {
  await client.bytes(VERSION.length);
  client.socket.send(version);
  await client.bytes(VERSION.length + 2);
  client.socket.send(Buffer.of(choice));
}

/** A server without security that echoes what comes after its SecurityResult. */
async function echoWithNone(connection: ScriptedConnection): Promise<void> {
  await offer(connection, 1, 2);
  await connection.send(OK);
  for (;;) await connection.send(await connection.read(1));
}

/** What the client gets of {@link echoWithNone} in front of the echo. */
const GREETING = Buffer.concat([VERSION, Buffer.of(1, 1), OK]);

describe("with the scheme none", () => {
  test("the client is offered only None, and from the SecurityResult on its bytes pass unchanged", async () => {
    await using server = await startScriptedVnc(echoWithNone);
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    await answer(client);
    await client.bytes(GREETING.length);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    client.socket.send(bytes);
    await client.bytes(GREETING.length + bytes.length);
    expect(received(client)).toEqual(Buffer.concat([GREETING, bytes]));
    expect((await server.connection).received).toEqual(Buffer.concat([VERSION, Buffer.of(1), bytes]));
    expect(gateway.proxy.sessions.bytes()).toEqual({ toClient: GREETING.length + 256, toTarget: 256 });
  });

  test("fragments are put together, from the server in single bytes and from the client in single frames", async () => {
    await using server = await startScriptedVnc(async (connection) => {
      connection.inSingleBytes = true;
      await echoWithNone(connection);
    });
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    await client.bytes(VERSION.length);
    for (const byte of [...VERSION, 1, ...CLIENT_INIT]) client.socket.send(Buffer.of(byte));
    await client.bytes(GREETING.length + 1);
    expect(received(client)).toEqual(Buffer.concat([GREETING, CLIENT_INIT]));
  });

  test("a client that sends everything at once, before it was asked, loses nothing and reaches nothing early", async () => {
    const choosing = Promise.withResolvers<Buffer>();
    const go = Promise.withResolvers<void>();
    await using server = await startScriptedVnc(async (connection) => {
      await connection.send(VERSION);
      await connection.read(VERSION.length);
      choosing.resolve(connection.received);
      await go.promise;
      await connection.send(1, 1);
      await connection.read(1);
      await connection.send(OK);
      await connection.send(await connection.read(4));
    });
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1, 1), Buffer.from("abc")])));
    expect(await choosing.promise).toEqual(VERSION);
    await client.bytes(VERSION.length);
    expect((await server.connection).received).toEqual(VERSION);
    go.resolve();
    await client.bytes(GREETING.length + 4);
    expect(received(client)).toEqual(Buffer.concat([GREETING, CLIENT_INIT, Buffer.from("abc")]));
  });

  test("a client that sends a megabyte early loses nothing, either", async () => {
    const typed = randomBytes(2 ** 20);
    const go = Promise.withResolvers<void>();
    const got = Promise.withResolvers<Buffer>();
    await using server = await startScriptedVnc(async (connection) => {
      await connection.send(VERSION);
      await connection.read(VERSION.length);
      await go.promise;
      await connection.send(1, 1);
      await connection.read(1);
      await connection.send(OK);
      got.resolve(await connection.read(typed.length));
    });
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1), typed])));
    await client.bytes(VERSION.length);
    go.resolve();
    expect(typed.equals(await got.promise)).toBe(true);
  });

  test("the filter of a console judges the client's bytes as if the server had got them", async () => {
    await using server = await startScriptedVnc(echoWithNone);
    const seen: Buffer[] = [];
    const consoles = createConsoles(parseConfig({ vnc: { auth_schemes: ["none"] } }).vnc, false, () => {});
    const createFilter = (): ClientFilter => ({
      filter: (bytes) => {
        seen.push(Buffer.from(bytes));
        return bytes;
      },
    });
    const dataPath = { consoles: { ...consoles, vnc: { ...consoles.vnc, createFilter } } };
    await using gateway = await TestGateway.start({ dataPath });
    using client = await connect(gateway, server);
    await answer(client);
    await client.bytes(GREETING.length);
    client.socket.send(CLIENT_INIT);
    await client.bytes(GREETING.length + 1);
    expect(Buffer.concat(seen)).toEqual(Buffer.concat([VERSION, Buffer.of(1), CLIENT_INIT]));
    expect((await server.connection).received).toEqual(Buffer.concat([VERSION, Buffer.of(1), CLIENT_INIT]));
  });

  test.each([
    ["in answers", false],
    ["in one piece", true],
  ])("view-only access holds, whether the client speaks %s", async (_how, inOnePiece) => {
    await using server = await startScriptedVnc(echoWithNone);
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    const { token } = await gateway.token(server.address, { type: "vnc", access: "view" });
    using client = new Client(gateway.host, token, { protocols: ["binary"] });
    const key = Buffer.of(4, 1, 0, 0, 0, 0, 0, 97);
    const request = Buffer.of(3, 1, 0, 0, 0, 0, 2, 0, 1, 0);
    const messages = Buffer.concat([CLIENT_INIT, key, request, key]);
    if (inOnePiece)
      client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1), messages])));
    else {
      await answer(client);
      client.socket.send(messages);
    }
    await client.bytes(GREETING.length + CLIENT_INIT.length + request.length);
    client.socket.send(key);
    client.socket.send(request);
    await client.bytes(GREETING.length + CLIENT_INIT.length + 2 * request.length);
    const expected = Buffer.concat([VERSION, Buffer.of(1), CLIENT_INIT, request, request]);
    expect((await server.connection).received).toEqual(expected);
  });

  test("unknown security types are passed over", async () => {
    await using server = await startScriptedVnc(async (connection) => {
      await connection.send(Buffer.of(await offer(connection, 129, 0, 255, 5, 1)));
    });
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    await answer(client);
    await client.bytes(VERSION.length + 3);
    expect(received(client).at(-1)).toBe(1);
  });

  test("a client of curfew.v1 gets hello first, and its bytes are handed to taps as well", async () => {
    const seen: Buffer[] = [];
    await using server = await startScriptedVnc(echoWithNone);
    const createTaps = (): { take: (bytes: Buffer) => undefined; end: () => void }[] => [
      { take: (bytes) => void seen.push(Buffer.from(bytes)), end: () => {} },
    ];
    await using gateway = await gatewayWith({ auth_schemes: ["none"] }, { dataPath: { createTaps } });
    using client = await connect(gateway, server, ["curfew.v1"]);
    await answer(client);
    await client.bytes(GREETING.length);
    expect(client.order).toEqual(["hello", "bytes"]);
    expect(Buffer.concat(seen)).toEqual(received(client));
  });
});

describe("what cannot be agreed on ends the session; the client is told in RFB where RFB has words for it", () => {
  test.each(["RFB 003.007\n", "RFB 003.009\n", "RFB 004.001\n", "HTTP/1.1 400", "\xff".repeat(12)])(
    "a server that begins with %j: the client gets nothing of RFB",
    async (version) => {
      await using server = await startScriptedVnc((connection) => connection.send(Buffer.from(version, "latin1")));
      await using gateway = await gatewayWith({ auth_schemes: ["none"] });
      using client = await connect(gateway, server);
      expect(await client.closed).toEqual({ code: 4011, reason: "target_security_failed" });
      expect(client.received).toBe(0);
      const connection = await server.connection;
      await connection.untilClosed();
      expect(connection.received).toHaveLength(0);
      expect(gateway.logged("session ended")).toMatchObject([
        {
          detail: "the console does not speak RFB 3.8",
          cause: expect.stringContaining(JSON.stringify(version)) as string,
        },
      ]);
    },
  );

  test.each(["RFB 003.007\n", "RFB 003.889\n", "GET / HTTP/1", "\x80\xff".repeat(6)])(
    "a client that begins with %j",
    async (version) => {
      await using server = await startScriptedVnc(async (connection) => void (await offer(connection, 1)));
      await using gateway = await gatewayWith({ auth_schemes: ["none"] });
      using client = await connect(gateway, server);
      await client.bytes(VERSION.length);
      client.socket.send(Buffer.from(version, "latin1"));
      expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
      expect(received(client)).toEqual(VERSION);
      expect((await server.connection).received).toEqual(VERSION);
    },
  );

  test.each([
    ["the server's reason", "cheese", "cheese"],
    ["the server's reason of 256 bytes", "x".repeat(256), "x".repeat(256)],
    ["other words for a longer one", "x".repeat(257), NO_AGREEMENT],
  ])("a server that offers no security type: %s", async (_what, reason, told) => {
    await using server = await startScriptedVnc(async (connection) => {
      await connection.send(VERSION);
      await connection.read(VERSION.length);
      await connection.send(0, withLength(reason));
    });
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    await client.bytes(VERSION.length);
    client.socket.send(VERSION);
    expect(await client.closed).toEqual({ code: 4011, reason: "target_security_failed" });
    expect(received(client)).toEqual(Buffer.concat([VERSION, Buffer.of(0), withLength(told)]));
    expect(gateway.logged("session ended")).toMatchObject([
      { detail: "the console refused the gateway", cause: `the server's reason is ${JSON.stringify(told)}` },
    ]);
  });

  test("of a reason that is said to be long nothing is read", async () => {
    await using server = await startScriptedVnc(async (connection) => {
      await connection.send(VERSION);
      await connection.read(VERSION.length);
      await connection.send(0, uint32(2 ** 32 - 1));
    });
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    await client.bytes(VERSION.length);
    client.socket.send(VERSION);
    expect((await client.closed).reason).toBe("target_security_failed");
    expect(received(client)).toEqual(Buffer.concat([VERSION, Buffer.of(0), withLength(NO_AGREEMENT)]));
  });

  test.each([0, 2, 0x80, 0xff])("a client that chooses the security type %i: the server is told 0", async (choice) => {
    await using server = await startScriptedVnc(async (connection) => void (await offer(connection, 1)));
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server);
    await answer(client, choice);
    expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
    const refusal = [uint32(1), withLength("Only the security type 1 (NONE) is supported")];
    expect(received(client)).toEqual(Buffer.concat([VERSION, Buffer.of(1, 1), ...refusal]));
    await expect.poll(async () => (await server.connection).received).toEqual(Buffer.concat([VERSION, Buffer.of(0)]));
  });

  test("a server that offers nothing that is allowed is told 0", async () => {
    await using server = await startScriptedVnc(async (connection) => void (await offer(connection, 2, 5)));
    await using gateway = await gatewayWith({ auth_schemes: ["none", "vencrypt"] });
    using client = await connect(gateway, server);
    await answer(client);
    expect(await client.closed).toEqual({ code: 4011, reason: "target_security_failed" });
    expect(received(client)).toEqual(Buffer.concat([VERSION, Buffer.of(1, 1), uint32(1), withLength(NO_AGREEMENT)]));
    await expect.poll(async () => (await server.connection).received).toEqual(Buffer.concat([VERSION, Buffer.of(0)]));
    expect(gateway.logged("session ended")).toMatchObject([
      { cause: "the server offers the security types 2, 5; vnc.auth_schemes allows none, vencrypt" },
    ]);
  });

  test("a client of curfew.v1 is told in bye, not in RFB", async () => {
    await using server = await startScriptedVnc(async (connection) => void (await offer(connection, 2)));
    await using gateway = await gatewayWith({ auth_schemes: ["none"] });
    using client = await connect(gateway, server, ["curfew.v1"]);
    await answer(client);
    expect((await client.closed).reason).toBe("target_security_failed");
    expect(received(client)).toEqual(Buffer.concat([VERSION, Buffer.of(1, 1)]));
    expect(await client.message("bye")).toMatchObject({
      reason: "target_security_failed",
      detail: "the console offers no security type that the gateway uses",
    });
  });
});

describe("the operator's order of schemes counts, not the server's", () => {
  test.each([
    [["vencrypt", "none"] as const, [1, 19], 19],
    [["none", "vencrypt"] as const, [19, 1], 1],
    [["none", "vencrypt", "none"] as const, [19], 19],
  ])("%j of %j is %i", async (schemes, types, expected) => {
    const chosen = Promise.withResolvers<number>();
    await using server = await startScriptedVnc(async (connection) =>
      chosen.resolve(await offer(connection, ...types)),
    );
    await using gateway = await gatewayWith({ auth_schemes: [...schemes] });
    using client = await connect(gateway, server);
    await answer(client);
    expect(await chosen.promise).toBe(expected);
  });
});

test("without the option the handshake is the client's, and passes unchanged", async () => {
  await using server = await startScriptedVnc(async (connection) => {
    await connection.send(Buffer.from("RFB 003.003\n"));
    await connection.send(await connection.read(5));
  });
  await using gateway = await TestGateway.start();
  using client = await connect(gateway, server);
  client.socket.once("open", () => client.socket.send(Buffer.from("early")));
  await client.bytes(17);
  expect(received(client).toString()).toBe("RFB 003.003\nearly");
});
