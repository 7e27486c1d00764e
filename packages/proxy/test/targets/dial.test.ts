import { startUnacceptingServer } from "@curfew/testing";
import { once } from "node:events";
import { mkdirSync, symlinkSync } from "node:fs";
import { type lookup, type LookupAddress } from "node:dns";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { AllowList } from "../../src/net/allow-list.ts";
import { type Endpoint, parseEndpoint } from "../../src/net/endpoint.ts";
import { dial } from "../../src/targets/dial.ts";
import { NameLookups } from "../../src/targets/name-lookups.ts";
import type { Target } from "../../src/targets/target.ts";
import { TestCertificate } from "../support/certificate.ts";
import { type EndpointServer, listenAtEndpoint, trusting } from "../support/endpoint-server.ts";
import { KeepingReader } from "../support/keeping-reader.ts";

const TYPES = ["tcp", "tls", "unix"] as const;

function dialServer(server: EndpointServer, reader: KeepingReader, endpoint: Endpoint = server.endpoint): Target {
  const { allow, ca } = server;
  return dial(endpoint, { allow: new AllowList([allow]), timeoutMs: 5000, tls: trusting(ca) }, reader);
}

describe.each(TYPES)("a target over %s", (type) => {
  test("is read and written, and tells its end behind the last byte", async () => {
    const text = "a stream in many reads; ".repeat(10_000);
    await using server = await listenAtEndpoint(type, (socket) => {
      socket.once("data", (greeting) => socket.end(`${greeting.toString()}${text}`));
    });
    const reader = new KeepingReader();
    const target = dialServer(server, reader);
    await target.ready;
    target.start(reader);
    const ended = once(target.connection, "end");
    target.connection.write("hello, ");
    await ended;
    expect(reader.text).toBe(`hello, ${text}`);
    expect([...reader.ways]).toEqual([type === "tls" ? "chunk" : "memory"]);
  });

  test("is not read further once the reader says so, until it is resumed", async () => {
    let sent = 0;
    await using server = await listenAtEndpoint(type, (socket) => {
      const send = (): void => {
        while (socket.write("x".repeat(64 * 1024), () => (sent += 64 * 1024)));
      };
      socket.on("drain", send);
      send();
    });
    const reader = new KeepingReader();
    reader.isReading = false;
    const target = dialServer(server, reader);
    await target.ready;
    target.start(reader);
    await reader.until((text) => text.length > 0);
    for (let before = -1; before !== sent;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { length } = reader.text;
    expect(length).toBeLessThanOrEqual(64 * 1024);
    reader.isReading = true;
    target.connection.resume();
    await reader.until((text) => text.length > length + 2 ** 20);
    target.destroy();
  });

  test("is closed after what was written last is delivered", async () => {
    let received = 0;
    await using server = await listenAtEndpoint(type, (socket) => {
      socket.on("data", (chunk) => (received += chunk.length));
    });
    const target = dialServer(server, new KeepingReader());
    await target.ready;
    target.connection.write(Buffer.alloc(2 ** 20));
    const closed = new Promise<void>((resolve) => target.onClosed(resolve));
    target.close(1000);
    await closed;
    expect(received).toBe(2 ** 20);
    expect(target.isClosed).toBe(true);
  });

  test("is given up before it is ready", async () => {
    await using server = await listenAtEndpoint(type, () => {});
    const target = dialServer(server, new KeepingReader());
    target.close(1000);
    await expect(target.ready).rejects.toMatchObject({ reason: "target_unreachable" });
    expect(target.isClosed).toBe(true);
  });

  test("is written to before it accepts only where nothing has to be checked before", async () => {
    await using server = await listenAtEndpoint(type, () => {});
    const target = dialServer(server, new KeepingReader());
    expect(target.takesEarlyBytes).toBe(type === "tcp");
    await target.ready;
    target.destroy();
  });
});

test("a target that does not accept in time is given up", async () => {
  await using server = await startUnacceptingServer();
  const options = { allow: new AllowList(["127.0.0.1"]), timeoutMs: 100 };
  const target = dial(parseEndpoint(server.address), options, new KeepingReader());
  await expect(target.ready).rejects.toMatchObject({
    reason: "target_timeout",
    message: "the console did not accept within 100 ms",
    cause: server.address,
  });
});

describe("TLS to a target verifies the certificate", () => {
  test("one that is not trusted is refused, and gets nothing", async () => {
    let received = 0;
    await using server = await listenAtEndpoint("tls", (socket) => {
      socket.on("data", (chunk) => (received += chunk.length));
    });
    const target = dialServer({ ...server, ca: undefined }, new KeepingReader());
    await expect(target.ready).rejects.toMatchObject({
      reason: "target_untrusted",
      message: expect.stringContaining("that the gateway trusts (DEPTH_ZERO_SELF_SIGNED_CERT)"),
    });
    expect(received).toBe(0);
  });

  test("one for another name than the expected one is refused", async () => {
    await using server = await listenAtEndpoint("tls", () => {});
    const target = dialServer(server, new KeepingReader(), {
      ...server.endpoint,
      serverName: "vm-1.example",
    } as Endpoint);
    await expect(target.ready).rejects.toMatchObject({
      message: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
    });
  });

  test("one for the expected name is accepted, and asked for by it", async () => {
    const asked: unknown[] = [];
    await using server = await listenAtEndpoint("tls", (socket) => {
      asked.push("servername" in socket && socket.servername);
    });
    const target = dialServer(server, new KeepingReader(), { ...server.endpoint, serverName: "localhost" } as Endpoint);
    await target.ready;
    await expect.poll(() => asked).toEqual(["localhost"]);
    target.destroy();
  });

  test("a server that does not speak TLS is not mistaken for one that is away", async () => {
    await using server = await listenAtEndpoint("tcp", (socket) => socket.end("RFB 003.008\n"));
    using certificate = await TestCertificate.create();
    const endpoint = { ...server.endpoint, type: "tls" } as Endpoint;
    const target = dialServer({ ...server, ca: certificate.pem }, new KeepingReader(), endpoint);
    await expect(target.ready).rejects.toMatchObject({ reason: "target_security_failed" });
    expect(target.isClosed).toBe(true);
  });
});

describe("targets.allow", () => {
  test.each(["tcp", "tls"] as const)("an address that is not in it is refused at once over %s", async (type) => {
    const options = { allow: new AllowList(["192.0.2.0/24:5900"]), timeoutMs: 1000 };
    expect(() => dial({ type, host: "192.0.2.1", port: 5901 }, options, new KeepingReader())).toThrow(
      expect.objectContaining({ reason: "forbidden" }),
    );
  });

  test("no socket is allowed unless its folder is", async () => {
    await using server = await listenAtEndpoint("unix", () => {});
    const target = dialServer({ ...server, allow: "127.0.0.0/8" }, new KeepingReader());
    await expect(target.ready).rejects.toMatchObject({ reason: "forbidden" });
    expect(server.sockets).toEqual([]);
  });

  test("a link out of the folder is refused, and one that stays in it is followed", async () => {
    await using outside = await listenAtEndpoint("unix", () => {});
    await using server = await listenAtEndpoint("unix", () => {});
    const folder = dirname(socketPath(server));
    mkdirSync(join(folder, "links"));
    symlinkSync(socketPath(outside), join(folder, "links", "out.sock"));
    symlinkSync(socketPath(server), join(folder, "links", "in.sock"));
    const at = (name: string): Target =>
      dialServer(server, new KeepingReader(), { type: "unix", path: join(folder, "links", name) });
    await expect(at("out.sock").ready).rejects.toMatchObject({ reason: "forbidden" });
    expect(outside.sockets).toEqual([]);
    const target = at("in.sock");
    await target.ready;
    target.destroy();
    await expect(at("none.sock").ready).rejects.toMatchObject({ reason: "target_unreachable" });
  });
});

function socketPath({ endpoint }: EndpointServer): string {
  return endpoint.type === "unix" ? endpoint.path : "";
}

describe("a name with several addresses", () => {
  /** Dials `console.example` at a port of these addresses. */
  function dialName(addresses: readonly string[], port: number, reader: KeepingReader, allow = ["127.0.0.0/8", "::1"]) {
    const answers: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    const resolve = (_name: string, _options: object, answer: (error: null, all: LookupAddress[]) => void): void =>
      answer(null, answers);
    const names = new NameLookups(resolve as typeof lookup);
    const options = { allow: new AllowList(allow), timeoutMs: 2000, names };
    return dial({ type: "tcp", host: "console.example", port }, options, reader);
  }

  /** Echoes at this address. */
  async function echoAt(host: string, port = 0): Promise<{ port: number; close: () => void }> {
    const server = createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(port, host);
    await once(server, "listening");
    return { port: (server.address() as { port: number }).port, close: () => void server.close() };
  }

  test.each([
    ["one refuses", ["127.0.0.3", "127.0.0.2"]],
    ["one of the other family refuses", ["::1", "127.0.0.2"]],
    ["others are not allowed", ["192.0.2.1", "127.0.0.2"]],
  ])("is reached at the next one where %s, and gets what was written early", async (_name, addresses) => {
    const echo = await echoAt("127.0.0.2");
    const reader = new KeepingReader();
    const target = dialName(addresses, echo.port, reader);
    target.connection.write("early, ");
    await target.ready;
    target.start(reader);
    target.connection.write("late");
    await reader.until((text) => text === "early, late");
    target.destroy();
    echo.close();
  });

  test("is reached at the next one where one does not answer", async () => {
    await using silent = await startUnacceptingServer();
    const port = Number(silent.address.split(":")[1]);
    const echo = await echoAt("127.0.0.2", port);
    const reader = new KeepingReader();
    const target = dialName(["127.0.0.1", "127.0.0.2"], port, reader);
    await target.ready;
    target.destroy();
    echo.close();
  });

  test("has one time for all of them", async () => {
    await using silent = await startUnacceptingServer();
    const target = dialName(
      ["127.0.0.1", "127.0.0.1", "127.0.0.1"],
      Number(silent.address.split(":")[1]),
      new KeepingReader(),
    );
    await expect(target.ready).rejects.toMatchObject({ reason: "target_timeout" });
    expect(target.isClosed).toBe(true);
  });

  test("names each failure in the log where none is reached, and none to the client", async () => {
    const echo = await echoAt("127.0.0.1");
    echo.close();
    const target = dialName(["127.0.0.2", "127.0.0.3"], echo.port, new KeepingReader());
    await expect(target.ready).rejects.toMatchObject({
      reason: "target_unreachable",
      message: "the console cannot be reached",
      cause: expect.stringMatching(/^console\.example:\d+: .*127\.0\.0\.2:\d+; .*127\.0\.0\.3:\d+/),
    });
  });
});
