import { tokenSubprotocol } from "@curfew/protocol";
import { type ByteServer, startByteServer } from "@curfew/testing";
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { clientFrame, closePayload } from "./support/client-frames.ts";
import { OPCODE, RawClient, upgradeRequest } from "./support/raw-client.ts";

let target: ByteServer;
let gateway: TestGateway;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
  gateway = await TestGateway.start({ config: { console: { allowed_origins: ["dash.example:8443"] } } });
});
afterEach(async () => {
  vi.useRealTimers();
  // What one test has opened counts in no other.
  await gateway.proxy.sessions.idle();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await target.close();
});

/** From here on the target has all the time, and not only 2 s, to take what its client sent last. */
function holdTheFlush(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
}

async function metrics(of: TestGateway): Promise<string> {
  return await (await fetch(`${of.adminUrl}/metrics`)).text();
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

describe("the token", () => {
  test.each([
    ["the subprotocol list", (token: string) => ({ protocols: ["curfew.v1", tokenSubprotocol(token)] })],
    ["Authorization: Bearer", (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })],
    ["?token=", (token: string) => ({ path: `/any/deep/path?x=1&token=${token}` })],
    ["the token cookie", (token: string) => ({ headers: { Cookie: `a=b; token=${token}; c` } })],
  ])("is taken from %s", async (_place, options) => {
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, undefined, options(token));
    expect((await client.message("hello")).session).toMatch(/^[0-9a-f-]{36}$/);
    expect(client.socket.protocol).toBe("curfew.v1");
  });

  test("in an earlier place overrides later ones, even when it is invalid", async () => {
    const { token } = await gateway.token(target.address);
    const bad = tokenSubprotocol("wrong");
    const places = [
      { protocols: ["curfew.v1", bad], headers: { Authorization: `Bearer ${token}` } },
      { headers: { Authorization: "Bearer wrong" }, path: `/?token=${token}` },
      { path: "/?token=wrong", headers: { Cookie: `token=${token}` } },
    ];
    for (const place of places) {
      using client = new Client(gateway.host, undefined, place);
      expect((await client.closed).reason).toBe("token_invalid");
    }
  });

  test("in a subprotocol is never echoed, neither alone nor beside others", async () => {
    const { token } = await gateway.token(target.address);
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/", { "Sec-WebSocket-Protocol": `${tokenSubprotocol(token)}, binary` }));
    expect(await client.status()).toBe(101);
    expect(client.head).toMatch(/Sec-WebSocket-Protocol: binary/i);
    using alone = new RawClient(gateway.host);
    alone.write(upgradeRequest("/", { "Sec-WebSocket-Protocol": tokenSubprotocol(token) }));
    expect(await alone.status()).toBe(101);
    expect(alone.head).not.toMatch(/Sec-WebSocket-Protocol/i);
  });
});

describe("the subprotocol", () => {
  test.each([
    [["binary", "curfew.v1"], "curfew.v1"],
    [["base64", "binary"], "binary"],
    [["chat"], undefined],
    [["Binary"], undefined],
    [[], undefined],
  ])("of %j offered is %s", async (offered, chosen) => {
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/", { "Sec-WebSocket-Protocol": offered.join(", ") || undefined }));
    expect(await client.status()).toBe(101);
    expect(/sec-websocket-protocol: (.+)/i.exec(client.head)?.[1]).toBe(chosen);
    expect(client.head).not.toMatch(/extensions/i);
  });
});

describe("the Origin", () => {
  const own = "console.example:6080";
  test.each([
    ["is missing: not a browser", undefined, own, true],
    ["is the host itself", "http://console.example:6080", own, true],
    ["is the host itself behind TLS", "https://console.example:6080", own, true],
    ["has the default port of its scheme", "https://console.example", "console.example:443", true],
    ["is written in capitals", "http://CONSOLE.example:6080", own, true],
    ["is in allowed_origins", "https://dash.example:8443", own, true],
    ["has another port", "http://console.example:6081", own, false],
    ["has no port where the host has one", "http://console.example", own, false],
    ["is another host", "http://evil.example", own, false],
    ["only begins like the host", "http://console.example.evil.example", "console.example", false],
    ["only begins like the host's port", "http://console.example:60801", own, false],
    ["is an allowed host at another port", "https://dash.example", own, false],
    ["is null", "null", own, false],
    ["is blank", "", own, false],
    ["is no URL", "console.example:6080", own, false],
    ["has another scheme", "file://console.example:6080", own, false],
  ])("%s", async (_what, origin, host, allowed) => {
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/", { Origin: origin, Host: host }));
    expect(await client.status()).toBe(101);
    // Without a token.
    const [code, reason] = allowed ? [4102, "token_invalid"] : [4008, "origin_not_allowed"];
    expect(await client.close()).toEqual({ code, reason });
  });

  test("is judged before the token: a foreign page learns nothing about it", async () => {
    const { token } = await gateway.token(target.address);
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`, { Origin: "http://evil.example" }));
    expect((await client.close()).reason).toBe("origin_not_allowed");
    expect(gateway.held().sessions).toBe(0);
  });

  test("that is refused is logged in one line with the origin and the option's name, and counted", async () => {
    await using own = await TestGateway.start();
    for (let count = 0; count < 20; count += 1) {
      using client = new Client(own.host, undefined, { headers: { Origin: `http://evil${count}.example` } });
      expect(await client.closed).toEqual({ code: 4008, reason: "origin_not_allowed" });
      expect((await client.message("bye")).reason).toBe("origin_not_allowed");
    }
    const refused = own.logged("session ended").map(({ level, cause }) => ({ level, cause }));
    expect(refused).toEqual(
      Array.from({ length: 20 }, (_, count) => ({
        level: "warn",
        cause: `the origin http://evil${count}.example is not in console.allowed_origins`,
      })),
    );
    expect(own.logLines.filter((line) => line.includes("127.0.0.1") && !line.includes("listening"))).toHaveLength(20);
    expect(await metrics(own)).toContain('curfew_sessions_ended_total{reason="origin_not_allowed"} 20');
  });

  test("that is refused does not flood the log, nor does an unknown token", async () => {
    await using own = await TestGateway.start();
    for (const headers of [{ Origin: "http://evil.example" }, {}]) {
      const clients = Array.from({ length: 30 }, () => new Client(own.host, "guessed", { headers }));
      await Promise.all(clients.map(({ closed }) => closed));
    }
    const reasons = own.endReasons();
    expect(reasons.filter((reason) => reason === "origin_not_allowed")).toHaveLength(20);
    expect(reasons.filter((reason) => reason === "token_invalid")).toHaveLength(20);
  });

  test("of console.base_url is allowed, whatever Host a proxy sends", async () => {
    await using own = await TestGateway.start({ config: { console: { base_url: "https://vm.example/consoles/" } } });
    using client = new Client(own.host, undefined, { headers: { Origin: "https://vm.example" } });
    expect((await client.closed).reason).toBe("token_invalid");
    using other = new Client(own.host, undefined, { headers: { Origin: "http://vm.example" } });
    expect((await other.closed).reason).toBe("origin_not_allowed");
  });
});

describe("a malformed upgrade gets a plain HTTP error", () => {
  test.each([
    ["no key", { "Sec-WebSocket-Key": undefined }, 400],
    ["a short key", { "Sec-WebSocket-Key": "abc" }, 400],
    ["no version", { "Sec-WebSocket-Version": undefined }, 400],
    ["an unknown version", { "Sec-WebSocket-Version": "12" }, 426],
    ["a malformed subprotocol list", { "Sec-WebSocket-Protocol": "binary,,binary" }, 400],
    ["no Host", { Host: undefined }, 400],
    ["two hosts", { Host: "gateway.example, evil.example" }, 400],
    ["two Host headers", { Host: "gateway.example\r\nhost: evil.example" }, 400],
  ])("%s", async (_what, headers, status) => {
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/", headers));
    expect(await client.status()).toBe(status);
    await client.ended;
    expect(gateway.held().sessions).toBe(0);
  });

  test.each([
    [undefined, "expected Sec-WebSocket-Version: 13, or 8, but there is none"],
    ["7", "expected Sec-WebSocket-Version: 13, or 8, but got 7"],
  ])("version %s: it is told which ones there are", async (version, message) => {
    await using own = await TestGateway.start();
    using client = new RawClient(own.host);
    client.write(upgradeRequest("/", { "Sec-WebSocket-Version": version }));
    await client.ended;
    expect(client.body).toBe(message);
    expect(own.logged("upgrade refused")).toMatchObject([{ fault: "version", detail: message, client: "127.0.0.1" }]);
  });

  test("a CONNECT request is answered, logged and counted", async () => {
    await using own = await TestGateway.start();
    using client = new RawClient(own.host);
    client.write("CONNECT console.example:22 HTTP/1.1\r\nHost: console.example:22\r\n\r\n");
    expect(await client.status()).toBe(405);
    expect(client.head).toMatch(/^Allow: GET\r\n/m);
    await client.ended;
    expect(own.logged("upgrade refused")).toMatchObject([{ fault: "method", detail: "expected GET, but got CONNECT" }]);
    expect(await metrics(own)).toContain('curfew_upgrades_refused_total{fault="method"} 1');
  });

  test("with an unknown version: 426 names what to upgrade to (RFC 9110, section 15.5.22)", async () => {
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/", { "Sec-WebSocket-Version": "12" }));
    expect(await client.status()).toBe(426);
    expect(client.head).toMatch(
      /^Connection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13, 8\r\n/m,
    );
  });

  test("in HTTP/1.0 it is an ordinary request (RFC 9110, section 7.8)", async () => {
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/healthz").replace("HTTP/1.1", "HTTP/1.0"));
    expect(await client.status()).toBe(200);
  });

  test("that is logged once per burst and counted by what is wrong", async () => {
    await using own = await TestGateway.start();
    for (let count = 0; count < 20; count += 1) {
      using client = new RawClient(own.host);
      client.write(upgradeRequest("/", { "Sec-WebSocket-Key": count < 10 ? "abc" : undefined }));
      expect(await client.status()).toBe(400);
    }
    const detail = "expected a Sec-WebSocket-Key of 16 bytes in base64";
    expect(own.logged("upgrade refused")).toMatchObject([{ level: "warn", client: "127.0.0.1", detail }]);
    expect(await metrics(own)).toContain('curfew_upgrades_refused_total{fault="key"} 20');
  });

  test("what is no HTTP at all gets 400", async () => {
    using client = new RawClient(gateway.host);
    client.write("RFB 003.008\n\r\n\r\n");
    expect(await client.status()).toBe(400);
    await client.ended;
  });
});

describe("no input is lost", () => {
  test("frames right behind the upgrade request, in the same segment, reach the target", async () => {
    const { token } = await gateway.token(target.address);
    using client = new RawClient(gateway.host);
    client.write(
      upgradeRequest(`/?token=${token}`),
      clientFrame(OPCODE.binary, "early "),
      clientFrame(OPCODE.binary, "bird"),
    );
    const echoed = (): string => Buffer.concat(client.frames.map(({ payload }) => payload)).toString();
    await client.until(() => echoed().includes("early bird"));
  });

  test("frames followed at once by a close frame all reach the target, also in the segment of the upgrade", async () => {
    for (const together of [true, false]) {
      await using sink = await startByteServer({ mode: "sink" });
      const { token } = await gateway.token(sink.address);
      using client = new RawClient(gateway.host);
      const frames = ["a", "b", "c"].map((letter) => clientFrame(OPCODE.binary, letter.repeat(1000)));
      const request = upgradeRequest(`/?token=${token}`);
      if (!together) {
        client.write(request);
        await client.status();
      }
      client.write(...(together ? [request] : []), ...frames, clientFrame(OPCODE.close, closePayload(1000)));
      expect((await client.close()).code).toBe(1000);
      client.socket.end();
      const connection = await sink.waitForConnection();
      await connection.closed;
      expect(connection.receivedHash).toBe(sha256("a".repeat(1000) + "b".repeat(1000) + "c".repeat(1000)));
    }
  });

  test("a large message followed at once by a close frame reaches a target that is slow to read", async () => {
    await using sink = await startByteServer({ mode: "sink", faults: [{ type: "stop_reading", at: 0 }] });
    await using own = await TestGateway.start();
    const { token } = await own.token(sink.address);
    using client = new Client(own.host, token);
    await client.message("hello");
    holdTheFlush();
    const messages = Array.from({ length: 4 }, (_, index) => Buffer.alloc(1_000_000, index));
    for (const message of messages) client.socket.send(message);
    client.socket.close(1000);
    const connection = await sink.waitForConnection();
    connection.resume();
    await connection.closed;
    expect(connection.receivedHash).toBe(sha256(Buffer.concat(messages)));
    vi.useRealTimers();
  });

  test("nor is it lost when the target is sending and the kernel holds what it has not read", async () => {
    await using busy = await startByteServer({
      mode: "sink",
      faults: [
        { type: "stop_reading", at: 0 },
        { type: "flood", at: 0 },
      ],
    });
    await using own = await TestGateway.start();
    const { token } = await own.token(busy.address);
    using client = new Client(own.host, token);
    await client.message("hello");
    client.socket.pause();
    const message = Buffer.alloc(1_000_000, 7);
    client.socket.send(message);
    await expect.poll(() => own.proxy.sessions.bytes().toTarget).toBe(message.length);
    holdTheFlush();
    client.socket.close(1000);
    client.socket.resume();
    await client.closed;
    const connection = await busy.waitForConnection();
    connection.resume();
    await connection.closed;
    expect(connection.receivedHash).toBe(sha256(message));
    vi.useRealTimers();
  });

  test.each([[["binary"]], [[]]])("text frames of a client that offers %j are console input", async (protocols) => {
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token, { protocols });
    client.socket.once("open", () => client.socket.send('{"type":"ping","id":1} héllo'));
    await client.bytes(Buffer.byteLength('{"type":"ping","id":1} héllo'));
    expect(Buffer.concat(client.head).toString()).toBe('{"type":"ping","id":1} héllo');
  });
});
