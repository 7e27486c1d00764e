import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { ConnectionGuard } from "../src/http/connection-guard.ts";
import { RequestClients } from "../src/http/forwarding/request-clients.ts";
import { createPageHandler } from "../src/http/page/handler.ts";
import { RequestOrder } from "../src/http/request-order.ts";
import { parseConfig, type TokenSource } from "../src/index.ts";
import { connectionLimits } from "../src/limits/connection-limits.ts";
import { TrustedProxies } from "../src/net/trusted-proxies.ts";
import { TestGateway } from "./support/gateway.ts";

async function readiness(gateway: TestGateway): Promise<readonly (readonly [number, string])[]> {
  const urls = [`http://${gateway.host}/readyz`, `${gateway.adminUrl}/readyz`];
  const answers = await Promise.all(urls.map((url) => fetch(url)));
  return await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()] as const));
}

/** On both listeners. */
const both = (status: number, text: string): unknown => [
  [status, text],
  [status, text],
];

describe("/readyz, on both listeners", () => {
  test("is ready with the embedded store, and names the store when it fails", async () => {
    await using gateway = await TestGateway.start();
    await expect.poll(() => readiness(gateway)).toEqual(both(200, "ready"));
    await gateway.store.close();
    await expect.poll(() => readiness(gateway)).toEqual(both(503, "not ready: tokens.store"));
    expect(gateway.logged("not ready")).toMatchObject([{ level: "warn", name: "tokens.store" }]);
  });

  test("names a source whose health check rejects, without its words, and is ready again with it", async () => {
    let isAway = true;
    const source: TokenSource = {
      resolve: async () => undefined,
      health: async () => {
        if (isAway) throw new Error("cannot reach db.internal as curfew:hunter2");
      },
    };
    await using gateway = await TestGateway.start({ source: () => source });
    await expect.poll(() => readiness(gateway)).toEqual(both(503, "not ready: tokens"));
    isAway = false;
    await expect.poll(() => readiness(gateway)).toEqual(both(200, "ready"));
  });

  test("answers although a health check hangs", async () => {
    const source: TokenSource = { resolve: async () => undefined, health: () => new Promise(() => {}) };
    await using gateway = await TestGateway.start({ source: () => source });
    await expect.poll(() => readiness(gateway)).toEqual(both(503, "not ready: tokens"));
  });

  test("says draining without asking anything", async () => {
    let checks = 0;
    const source: TokenSource = {
      resolve: () => new Promise(() => {}),
      health: async () => void (checks += 1),
    };
    await using gateway = await TestGateway.start({ source: () => source });
    const socket = new WebSocket(`ws://${gateway.host}/?token=any`);
    await expect.poll(() => gateway.held().sessions).toBe(1);
    const drained = gateway.proxy.drain(60_000);
    expect(await readiness(gateway)).toEqual(both(503, "draining"));
    expect(checks).toBe(0);
    socket.close();
    await gateway.proxy.drain(0);
    await drained;
  });
});

test("readiness that cannot be told is answered with 503", async () => {
  const policy = {
    allowedOrigins: [],
    frameAncestors: [],
    renewPaths: [],
    contactUrl: null,
    clipboard: "both",
    clipboardMaxBytes: null,
    openerPolicy: "same-origin",
  } as const;
  const trusted = new TrustedProxies([]);
  const guard = new ConnectionGuard(connectionLimits(parseConfig({}).connections, 16), () => {});
  const server = createServer(
    createPageHandler({
      policy,
      readiness: () => Promise.reject(new Error("secret cause")),
      order: new RequestOrder(),
      clients: new RequestClients(trusted, guard),
      needsCertificate: false,
      checkAccess: undefined,
      events: { notify: () => {} },
      basePath: "",
      web: null,
      page: true,
      files: () => new Map(),
      startPage: "vnc",
      tlsOnly: true,
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`);
  expect([answer.status, await answer.text()]).toEqual([503, "not ready"]);
  server.closeAllConnections();
  server.close();
});
