import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { EndError } from "../../src/end-reason.ts";
import type { Grant, TokenSource } from "../../src/index.ts";
import { AllowList } from "../../src/net/allow-list.ts";
import { parseEndpoint } from "../../src/net/endpoint.ts";
import { requestPath } from "../../src/targets/connect-request.ts";
import { dial } from "../../src/targets/dial.ts";
import type { Target } from "../../src/targets/target.ts";
import { Client } from "../support/client.ts";
import { type EndpointServer, listenAtEndpoint } from "../support/endpoint-server.ts";
import { TestGateway } from "../support/gateway.ts";
import { KeepingReader } from "../support/keeping-reader.ts";

const REQUEST = "CONNECT /vm-7 HTTP/1.1\r\n\r\n";

/** A target that answers the whole of a request with these pieces, each in a turn of its own. */
async function answering(...pieces: readonly string[]): Promise<EndpointServer & { received: () => string }> {
  let received = "";
  const server = await listenAtEndpoint("tcp", (socket) => {
    socket.setNoDelay(true).on("data", (chunk) => {
      const before = received.length;
      received += chunk.toString("latin1");
      if (before < REQUEST.length && received.length >= REQUEST.length) void send(socket, pieces);
    });
  });
  return { ...server, received: () => received };
}

async function send(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece, "latin1");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function request(server: EndpointServer, reader: KeepingReader, timeoutMs = 5000): Target {
  const options = { allow: new AllowList([server.allow]), timeoutMs };
  return dial(server.endpoint, options, reader, [requestPath("/vm-7")]);
}

describe("a CONNECT request for the path of a console", () => {
  const rfb = "HTTP/1.1 200 OK\r\n\r\nRFB 003.003\n";

  test.each([
    ["in one piece with the console's first bytes", [rfb]],
    ["in single bytes", Array.from(rfb)],
    ["with header fields, a colon and 200 lines", [`HTTP/1.0 200\r\n${"A: b\r\n".repeat(200)}\r\n`, "RFB 003.003\n"]],
    ["with a reason of any text", ["HTTP/1.1 200 Connection \xe9tablie\r\n\r\nRFB 003.003\n"]],
  ])("is answered %s: the header is taken, and not a byte more", async (_how, pieces) => {
    await using server = await answering(...pieces);
    const reader = new KeepingReader();
    const target = request(server, reader);
    await target.ready;
    expect(server.received()).toBe(REQUEST);
    target.start(reader);
    await reader.until((text) => text.length === 12);
    expect(reader.text).toBe("RFB 003.003\n");
    target.destroy();
  });

  test.each([
    "HTTP/1.1 500 Internal Server Error",
    "HTTP/1.1 404 See-200-docs",
    "HTTP/1.1 2000 OK",
    "HTTP/1.1 20 0",
    "HTTP/1.1 201 Created",
    "HTTP/1.1  200 OK",
    "HTTP/11 200 OK",
    "200 OK",
    "HTTP/1.1 200 O\x00K",
    "HTTP/1.1 200 OK\nHTTP/1.1 500 no",
    "RFB 200.200",
    "",
  ])("is refused by %j", async (line) => {
    await using server = await answering(`${line}\r\n\r\nRFB 003.003\n`);
    await expect(request(server, new KeepingReader()).ready).rejects.toMatchObject({
      reason: "target_unreachable",
      message: "the console's access path was refused",
      cause: `the answer to CONNECT is ${JSON.stringify(line)}; expected status 200`,
    });
  });

  test("is given up when the target closes in the middle of the header", async () => {
    await using server = await listenAtEndpoint("tcp", (socket) => socket.end("HTTP/1.1 200 OK\r\n"));
    const target = request(server, new KeepingReader());
    await expect(target.ready).rejects.toEqual(
      new EndError("target_unreachable", "the target closed the connection in its handshake"),
    );
    await expect.poll(() => target.isClosed).toBe(true);
  });

  test("is given up when the header does not end in time", async () => {
    await using server = await answering("HTTP/1.1 200 OK\r\n");
    await expect(request(server, new KeepingReader(), 200).ready).rejects.toMatchObject({ reason: "target_timeout" });
  });

  test("takes a header of 8 KiB, and no longer one, however it comes", async () => {
    const start = "HTTP/1.1 200 OK\r\nA: ";
    const filled = (bytes: number): string => `${start}${"x".repeat(bytes - start.length - 4)}\r\n\r\n`;
    await using longest = await answering(filled(8192));
    await request(longest, new KeepingReader()).ready;
    const pieces = filled(8193).match(/.{1,1000}/gs) ?? [];
    for (const answer of [[filled(8193)], pieces]) {
      await using longer = await answering(...answer);
      await expect(request(longer, new KeepingReader()).ready).rejects.toEqual(
        new EndError("target_unreachable", "the target's answer exceeds 8192 bytes"),
      );
    }
  });
});

describe("a grant with an internal access path", () => {
  function sourceOf(address: string): () => TokenSource {
    const grant: Grant = {
      tokenId: "id",
      type: "serial",
      endpoint: parseEndpoint(address),
      internalAccessPath: "/vm-7",
      instance: undefined,
      name: undefined,
      user: undefined,
      access: "control",
      expiresAt: Date.now() + 60_000,
    };
    return () => ({ resolve: async () => grant });
  }

  test("opens the console behind the answer; the client's bytes wait for it", async () => {
    await using server = await answering("HTTP/1.1 200 OK\r\n", "\r\nRFB 003.003\n");
    await using gateway = await TestGateway.start({ source: sourceOf(server.address) });
    using client = new Client(gateway.host, "any");
    client.socket.once("open", () => client.socket.send(Buffer.from("typed")));
    await client.bytes(12);
    expect(Buffer.concat(client.head).toString()).toBe("RFB 003.003\n");
    await expect.poll(server.received).toBe(`${REQUEST}typed`);
  });

  test("ends as target_unreachable when the path is refused, which the log explains and the client is not told", async () => {
    await using server = await answering("HTTP/1.1 500 no such machine\r\n\r\n");
    await using gateway = await TestGateway.start({ source: sourceOf(server.address) });
    using client = new Client(gateway.host, "any");
    expect(await client.closed).toEqual({ code: 4202, reason: "target_unreachable" });
    expect(client.order).toEqual(["bye", "close"]);
    expect(await client.message("bye")).toMatchObject({ detail: "the console's access path was refused" });
    expect(JSON.stringify(gateway.logged("session ended")[0]?.["cause"])).toContain("500 no such machine");
  });
});
