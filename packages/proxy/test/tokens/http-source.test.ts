import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createGateway, createLogger } from "../../src/index.ts";
import { HttpTokenSource } from "../../src/tokens/http-source.ts";
import { Client } from "../support/client.ts";
import { WorkerGateway } from "../support/worker-gateway.ts";
import { describeTokenSource, lookupContext } from "./contract-suite.ts";
import { type Answer, DEFAULTS, hang, json, only, sourceOf, TokenService } from "./token-service.ts";

describeTokenSource("an http source", async () => {
  const expiresAt = Date.now() + 60_000;
  const service = await TokenService.start(
    only("open sesame", {
      host: "10.0.0.5",
      port: 5901,
      type: "serial",
      instance: "vm-1",
      name: "Web",
      user: "alice",
      access: "view",
      expires_at: new Date(expiresAt).toISOString(),
    }),
  );
  const endpoint = { type: "tcp", host: "10.0.0.5", port: 5901 } as const;
  const details = { instance: "vm-1", name: "Web", user: "alice", access: "view" } as const;
  return {
    source: sourceOf(service),
    known: { token: "open sesame", grant: { type: "serial", endpoint, ...details, expiresAt } },
    stop: () => service.stop(),
    restart: () => service.restart(),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
});

describe("a lookup over HTTP", () => {
  test("sends the token in the body of a POST, and nowhere else", async () => {
    await using service = await TokenService.start(json({ host: "10.0.0.5", port: 5901 }));
    await sourceOf(service).resolve("open-sesame", lookupContext());
    expect(service.requests).toHaveLength(1);
    expect(service.requests[0]).toMatchObject({ method: "POST", body: '{"token":"open-sesame"}' });
    expect(service.requests[0]?.head).not.toContain("sesame");
  });

  test.each([
    [{}, {}],
    [{ type: null, instance: null, name: null, user: null, access: null, expires_at: null, more: "ignored" }, {}],
    [{ host: "fd00::5" }, { endpoint: { type: "tcp", host: "fd00::5", port: 5901 } }],
    [
      { single_use: true, max_sessions: 2 },
      { singleUse: true, maxSessions: 2 },
    ],
    [{ single_use: false, max_sessions: null, not_before: null }, {}],
    [{ not_before: "2030-01-02T03:04:05Z" }, { notBefore: Date.UTC(2030, 0, 2, 3, 4, 5) }],
    [{ expires_at: "2030-01-02T03:04:05+01:00" }, { expiresAt: Date.UTC(2030, 0, 2, 2, 4, 5) }],
    [{ expires_at: "2028-02-29T23:59:59-01:00" }, { expiresAt: Date.UTC(2028, 2, 1, 0, 59, 59) }],
  ])("takes defaults for what the reply leaves out: %j", async (reply, grant) => {
    await using service = await TokenService.start(json({ host: "10.0.0.5", port: 5901, ...reply }));
    expect(await sourceOf(service).resolve("any", lookupContext())).toEqual({
      tokenId: expect.stringMatching(/^[\w-]{22}$/),
      type: "vnc",
      endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
      instance: undefined,
      name: undefined,
      user: undefined,
      access: "control",
      expiresAt: undefined,
      ...grant,
    });
  });

  const good = { host: "10.0.0.5", port: 5901 };
  test.each<[reply: unknown, problem: string]>([
    [null, "reply: expected Object"],
    [[], "host: expected"],
    ["open", "reply: expected Object"],
    [{ port: 5901 }, "host: expected"],
    [{ ...good, host: "a b" }, "host, port: expected an address"],
    [{ ...good, host: "" }, "host, port: expected an address"],
    [{ ...good, port: "5901" }, "port: expected number"],
    [{ ...good, port: 0 }, "host, port: expected an address"],
    [{ ...good, port: 70_000 }, "host, port: expected an address"],
    [{ ...good, type: "rdp" }, "type: expected"],
    [{ ...good, access: "admin" }, "access: expected"],
    [{ ...good, user: 7 }, "user: expected"],
    [{ ...good, expires_at: "soon" }, "expires_at: expected"],
    [{ ...good, expires_at: 1_893_456_000 }, "expires_at: expected"],
    [{ ...good, expires_at: "2030-01-02T03:04:05" }, "expires_at: expected"],
    [{ ...good, expires_at: "2030-01-02T03:04:05+01" }, "expires_at: expected"],
    [{ ...good, expires_at: "2030-02-31T03:04:05Z" }, "expires_at: expected"],
    [{ ...good, expires_at: "2030-02-29T03:04:05Z" }, "expires_at: expected"],
    [{ ...good, not_before: "soon" }, "not_before: expected"],
    [{ ...good, single_use: "yes" }, "single_use: expected"],
    [{ ...good, max_sessions: 0 }, "max_sessions: expected"],
    [{ ...good, max_sessions: 1.5 }, "max_sessions: expected"],
    [{ ...good, host: "unix:/run/a.sock" }, "host, port: expected an address"],
    [{ host: "10.0.0.5:5901" }, "port: expected"],
    [{ ...good, host: "10.0.0.5\0" }, "host, port: expected an address"],
    [{ ...good, host: "10.0.\u00070.5" }, "host, port: expected an address"],
  ])("refuses the reply %j", async (reply, problem) => {
    await using service = await TokenService.start(json(reply));
    await expect(sourceOf(service).resolve("any", lookupContext())).rejects.toThrow(problem);
  });

  test("refuses a reply that is no JSON, without quoting it", async () => {
    await using service = await TokenService.start((_request, response) => void response.end("<p>open sesame</p>"));
    const error = await sourceOf(service).resolve("any", lookupContext()).catch(String);
    expect(error).toBe("Error: expected JSON in the token service's reply");
  });

  test.each([201, 204, 401, 403, 500, 503])("refuses the status %d", async (status) => {
    await using service = await TokenService.start((_request, response) => void response.writeHead(status).end());
    await expect(sourceOf(service).resolve("any", lookupContext())).rejects.toThrow(`but got ${status}`);
  });

  test.each([301, 307])("does not follow a redirect with the status %d", async (status) => {
    await using other = await TokenService.start(json(good));
    await using service = await TokenService.start(
      (_request, response) => void response.writeHead(status, { Location: other.url }).end(),
    );
    await expect(sourceOf(service).resolve("any", lookupContext())).rejects.toThrow("fetch failed");
    expect(other.requests).toEqual([]);
  });

  test("keeps its connections for further lookups, also after a token that is unknown or refused", async () => {
    const ports = new Set<number | undefined>();
    const statuses: Readonly<Record<string, number>> = { unknown: 404, refused: 403 };
    await using service = await TokenService.start((request, response, token) => {
      ports.add(request.socket.remotePort);
      // As over a network: the end of the reply comes after its beginning.
      response.writeHead(statuses[String(token)] ?? 200).write(JSON.stringify(good));
      setTimeout(() => response.end(), 5);
    });
    const source = sourceOf(service);
    for (let count = 0; count < 10; count += 1) {
      for (const token of ["open sesame", "unknown", "refused"]) {
        await source.resolve(token, lookupContext()).catch(() => {});
      }
    }
    expect(service.requests).toHaveLength(30);
    // One may not be free again yet when the next lookup begins.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test("gives a reply up that is too long, and closes the connection", async () => {
    const closed = Promise.withResolvers<void>();
    await using service = await TokenService.start((request, response) => {
      request.socket.once("close", () => closed.resolve());
      const flood = (): void => {
        while (!response.destroyed && response.write(" ".repeat(65_536))) {
          // Until the client takes no more.
        }
      };
      response.on("drain", flood);
      flood();
    });
    await expect(sourceOf(service).resolve("any", lookupContext())).rejects.toThrow("more than 65536 bytes");
    await closed.promise;
  });

  test.each<[string, Answer]>([
    ["never answers", hang],
    ["stops in the middle of its reply", (_request, response) => void response.write('{"host":')],
    [
      "sends one byte at a time",
      (_request, response) => {
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ])("fails after the timeout when the service %s", async (_what, answer) => {
    await using service = await TokenService.start(answer);
    await expect(sourceOf(service, 0.2).resolve("any", lookupContext())).rejects.toThrow("due to timeout");
  });

  test("ends its request when the signal is aborted", async () => {
    const asked = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    await using service = await TokenService.start((request) => {
      request.socket.once("close", () => closed.resolve());
      asked.resolve();
    });
    const session = new AbortController();
    const found = sourceOf(service).resolve("any", lookupContext({ signal: session.signal }));
    await asked.promise;
    session.abort(new Error("the session has ended"));
    await expect(found).rejects.toThrow("the session has ended");
    await closed.promise;
  });

  test("is not healthy while the service fails or hangs", async () => {
    const failing = createServer((_request, response) => void response.writeHead(503).end());
    failing.listen(0, "127.0.0.1");
    await once(failing, "listening");
    const url = `http://127.0.0.1:${(failing.address() as AddressInfo).port}/`;
    const source = new HttpTokenSource({ ...DEFAULTS, url });
    await expect(source.health(new AbortController().signal)).rejects.toThrow("status 503");
    failing.removeAllListeners("request");
    await expect(source.health(AbortSignal.timeout(100))).rejects.toThrow("due to timeout");
    failing.closeAllConnections();
    failing.close();
  });
});

test("presents its bearer token to the service", async () => {
  await using service = await TokenService.start(json({ host: "10.0.0.5", port: 5901 }));
  const source = new HttpTokenSource({ ...DEFAULTS, url: service.url, bearer_token: "the-key-of-the-service" });
  await source.resolve("any", lookupContext());
  await source.health(new AbortController().signal);
  for (const { head } of service.requests) expect(head).toContain("Authorization\nBearer the-key-of-the-service");
});

test("a gateway opens consoles for tokens of the service, ends them at its expiry, and refuses while it is gone", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const [host = "", port] = target.address.split(":");
  // From the first lookup on, however long the gateway takes to start.
  let expires_at: string | undefined;
  const grant = (): object => {
    expires_at ??= new Date(Date.now() + 1500).toISOString();
    return { host, port: Number(port), expires_at };
  };
  await using service = await TokenService.start(only("open sesame", grant));
  const gateway = createGateway({
    config: {
      listen: "127.0.0.1:0",
      admin: { listen: "127.0.0.1:0" },
      consoleauth: { enforce_session_timeout: true },
      tokens: { path: ":memory:", sources: [{ type: "http", url: service.url }] },
    },
    log: createLogger("silent"),
  });
  const { url } = await gateway.listen();
  using client = new Client(url, "open sesame");
  await client.message("hello");
  using unknown = new Client(url, "open barley");
  expect((await unknown.closed).reason).toBe("token_invalid");
  expect((await client.closed).reason).toBe("session_expired");

  await service.stop();
  using refused = new Client(url, "open sesame");
  expect((await refused.closed).reason).toBe("lookup_failed");
  const readiness = async (): Promise<string> => await (await fetch(`${url}/readyz`)).text();
  await expect.poll(readiness).toBe("not ready: tokens.sources.0 (http)");
  await service.restart();
  await expect.poll(readiness).toBe("ready");
  await gateway.close();
});

describe("a token without an expiry, with several workers", () => {
  const ENFORCED = { CONSOLEAUTH_TOKEN_TTL: "3600" };

  /** When the session that a client has will end. */
  async function deadlineOf(gateway: WorkerGateway, client: Client): Promise<unknown> {
    const { session } = await client.message("hello");
    return (await gateway.admin("GET", `/v1/sessions/${session}`))["expires_at"];
  }

  async function deadlines(options: Readonly<Record<string, string>>): Promise<Set<unknown>> {
    await using gateway = await WorkerGateway.start({ ...ENFORCED, ...options });
    const found = new Set<unknown>();
    const workers = new Set<number>();
    // The system chooses the worker.
    while (workers.size < 2) {
      using client = new Client(gateway.host, "open sesame");
      found.add(await deadlineOf(gateway, client));
      workers.add(await gateway.workerOf(client));
    }
    return found;
  }

  test("expires at the same instant in each, and with a store in a file also after a restart", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const [host = "", port] = target.address.split(":");
    await using service = await TokenService.start(only("open sesame", { host, port: Number(port) }));
    const TOKENS_SOURCES = JSON.stringify([{ type: "http", url: service.url }]);
    expect((await deadlines({ TOKENS_SOURCES })).size).toBe(1);

    const folder = await mkdtemp(join(tmpdir(), "curfew-first-use-"));
    const inFile = { TOKENS_SOURCES, TOKENS_PATH: join(folder, "tokens.db") };
    const before = await deadlines(inFile);
    expect(before.size).toBe(1);
    expect(await deadlines(inFile)).toEqual(before);
    await rm(folder, { recursive: true });
  });
});
