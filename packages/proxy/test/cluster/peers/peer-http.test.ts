import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { MAX_ANSWER_BYTES, PeerHttp } from "../../../src/cluster/peers/peer-http.ts";
import { PeerLink } from "../../../src/cluster/peers/peer-link.ts";
import { createLogger } from "../../../src/telemetry/log.ts";
import { TestCertificate } from "../../support/certificate.ts";

const KEY = "the-key-that-no-words-name";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server in place of a gateway. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(answer: unknown): RequestListener {
  return (_request, response) => void response.end(JSON.stringify(answer));
}

const STATE = { id: "b", name: "two", now: 0, revision: "0", locks: "", unwritten: [] };

test.each<[string, RequestListener, string]>([
  [
    "refuses the key",
    (_, response) => void response.writeHead(401).end('{"detail":"the key is\\u001b wrong"}'),
    "it answers HTTP 401: the key is\\u001b wrong",
  ],
  [
    "has no peers",
    (_, response) => void response.writeHead(404).end(),
    "it has no cluster.peers, or is no gateway (HTTP 404)",
  ],
  ["redirects", (_, response) => void response.writeHead(302, { Location: "/" }).end(), "it redirects (HTTP 302)"],
  ["answers with text", (_, response) => void response.end("<html>"), "its answer is malformed"],
  [
    "answers with another form",
    json({ answer: { ...STATE, unwritten: "all" } }),
    "its answer is malformed: answer.unwritten",
  ],
  [
    "has an endless name",
    json({ answer: { ...STATE, name: "x".repeat(300) } }),
    "its answer is malformed: answer.name",
  ],
  [
    "answers too much",
    (_, response) => void response.end("x".repeat(MAX_ANSWER_BYTES + 1)),
    `its answer is longer than ${MAX_ANSWER_BYTES} bytes`,
  ],
  ["never stops to answer", (_, response) => endless(response), `its answer is longer than ${MAX_ANSWER_BYTES} bytes`],
  ["answers bit by bit", (_, response) => void response.write("{"), "no answer within 200 ms"],
  ["never answers", () => {}, "no answer within 200 ms"],
  [
    "switches protocols",
    ({ socket }) => void socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
    "it closed the connection without an answer",
  ],
  ["hangs up", ({ socket }) => void socket.destroy(), "socket hang up"],
])("a peer that %s has said nothing", async (_what, answer, problem) => {
  const asked: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  const link = new PeerLink({ url, key: KEY, log: createLogger("silent"), reconcile: async () => {} });
  closing.push(() => link.close());
  const timeoutMs = problem.startsWith("no answer") ? 200 : 20_000;
  const error = await link.ask<"sync">({ type: "sync" }, timeoutMs).then(
    () => undefined,
    (failure: Error) => failure,
  );
  expect(error?.message).toContain(problem);
  expect(String(error)).not.toContain(KEY);
  // A redirect is not followed, with or without the key.
  expect(asked.map((request) => [request.url, request.headers.authorization])).toEqual([["/v1/peer", `Bearer ${KEY}`]]);
});

/** Sends for as long as it is read. */
function endless(response: NodeJS.WritableStream): void {
  const write = (): void => {
    if (response.write("x".repeat(65_536))) setImmediate(write);
    else response.once("drain", write);
  };
  response.on("error", () => {});
  write();
}

test("a path before the API stays, and a connection that the peer has closed is made anew", async () => {
  const paths: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    paths.push(request.url);
    response.end("{}");
    // A moment later, so that it is kept for the next request.
    response.on("finish", () => setImmediate(() => request.socket.destroy()));
  });
  const http = new PeerHttp({ url: `${url}/console/`, key: KEY });
  closing.push(() => http.close());
  for (let round = 0; round < 5; round += 1) expect(await http.post("{}", 20_000)).toBe("{}");
  expect(new Set(paths)).toEqual(new Set(["/console/v1/peer"]));
});

test("a certificate of an authority that is not named is told with the option that names it", async () => {
  using certificate = await TestCertificate.create();
  const server = createTlsServer(certificate.pair).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  const http = new PeerHttp({ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, key: KEY });
  closing.push(() => http.close());
  await expect(http.post("{}", 20_000)).rejects.toThrow("not from an authority of ca in cluster.peers");
});

test("no more requests wait than a bound", async () => {
  const url = await serve(() => {});
  const http = new PeerHttp({ url, key: KEY });
  closing.push(() => http.close());
  const waiting = Array.from({ length: 1001 }, async () => await http.post("{}", 300));
  const reasons = (await Promise.allSettled(waiting)).map((each) =>
    each.status === "rejected" ? (each.reason as Error).message : "answered",
  );
  expect(
    Object.entries(Object.groupBy(reasons, (reason) => reason)).map(([reason, all]) => [reason, all?.length]),
  ).toEqual([
    ["no answer within 300 ms", 1000],
    ["1000 requests to it wait already", 1],
  ]);
});

test("what clients cause does not hold up what gateways ask each other", async () => {
  const url = await serve((request, response) => {
    request.on("data", (body: Buffer) => {
      if (body.includes("sync")) response.end(JSON.stringify({ answer: STATE }));
    });
  });
  const link = new PeerLink({ url, key: KEY, log: createLogger("silent"), reconcile: async () => {} });
  closing.push(() => link.close());
  const digest = "A".repeat(43);
  const lookups = Array.from({ length: 1001 }, async () => await link.ask<"token">({ type: "token", digest }, 400));
  const settled = Promise.allSettled(lookups);
  await expect(lookups[1000]).rejects.toThrow("1000 requests to it wait already");
  expect(await link.ask<"sync">({ type: "sync" }, 20_000)).toEqual(STATE);
  await settled;
});
