import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { expect, test } from "vitest";
import { run } from "./support/command.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

const WRONG = "a-key-that-is-wrong";

test.concurrent("requests without the right key are logged and counted, and limited; the right key is always accepted", async () => {
  await using gateway = await TestGateway.start();
  const statuses: number[] = [];
  const waits: number[] = [];
  for (let count = 0; count < 70; count += 1) {
    const response = await gateway.admin("GET", "/v1/tokens", undefined, WRONG);
    statuses.push(response.status);
    waits.push(Number(response.headers.get("retry-after")));
    await response.arrayBuffer();
  }
  expect(statuses).toEqual([...Array<number>(60).fill(401), ...Array<number>(10).fill(429)]);
  expect(waits.at(-1)).toBeGreaterThan(0);
  expect((await gateway.admin("GET", "/v1/tokens")).status).toBe(200);
  expect(gateway.logged("admin authentication failed")[0]).toMatchObject({ level: "warn", client: "127.0.0.1" });
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(metrics).toContain("curfew_admin_authentication_failures_total 70\n");
});

test.concurrent("a wrong key is told from a missing one, and nothing else is told", async () => {
  await using gateway = await TestGateway.start();
  const answer = async (headers: Record<string, string>): Promise<unknown> => {
    const response = await fetch(`${gateway.adminUrl}/v1/tokens`, { headers });
    const { detail } = (await response.json()) as { detail: string };
    return [response.status, response.headers.get("www-authenticate"), detail];
  };
  const missing = [401, 'Bearer realm="curfew"', "expected the header Authorization: Bearer <admin.key>"];
  expect(await answer({})).toEqual(missing);
  expect(await answer({ Authorization: "Basic eDp5" })).toEqual(missing);
  const wrong = [401, 'Bearer realm="curfew", error="invalid_token"', "the key is not this gateway's admin.key"];
  for (const key of [WRONG, "x", ADMIN_KEY.slice(0, -1), `${ADMIN_KEY}x`]) {
    expect(await answer({ Authorization: `Bearer ${key}` })).toEqual(wrong);
  }
});

test.concurrent("a body that is longer than 64 KiB is refused, whether its length is announced or not", async () => {
  await using gateway = await TestGateway.start();
  const long = JSON.stringify({ type: "vnc", target: "a:1", name: "x".repeat(64 * 1024) });
  expect((await gateway.admin("POST", "/v1/tokens", long)).status).toBe(413);
  const status = await new Promise((resolve) => {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
    const sent = request(`${gateway.adminUrl}/v1/tokens`, { method: "POST", headers }, (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    // The gateway closes the connection of a body that it does not read to its end.
    sent.on("error", () => {});
    for (let chunk = 0; chunk < 20; chunk += 1) sent.write("x".repeat(8 * 1024));
    sent.end();
  });
  expect(status).toBe(413);
});

test.concurrent("a body that does not arrive is not waited for", async () => {
  await using gateway = await TestGateway.start();
  const end = await new Promise((resolve) => {
    const headers = {
      Authorization: `Bearer ${ADMIN_KEY}`,
      "Content-Type": "application/json",
      "Content-Length": 1000,
    };
    const sent = request(`${gateway.adminUrl}/v1/tokens`, { method: "POST", headers }, (response) => {
      resolve(response.statusCode);
    });
    sent.on("error", resolve);
    sent.write("{");
  });
  expect(end).toBe(408);
});

test.skipIf(process.platform !== "linux")("workers do not have the secrets of the environment", async () => {
  await using gateway = await WorkerGateway.start({ TOKENS_SOURCES: "[{ type: http, url: 'http://127.0.0.1:1/' }]" });
  for (const pid of gateway.workers()) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    expect(environment).toContain("CURFEW_LOG_LEVEL=debug");
    expect(environment).toContain("UV_THREADPOOL_SIZE=16");
    expect(environment).not.toContain("CURFEW_ADMIN_KEY");
    expect(environment).not.toContain("CURFEW_TOKENS_SOURCES");
  }
  expect(gateway.workers()).toHaveLength(2);
});

test("a key that can be guessed does not start the gateway, and is not repeated", async () => {
  const { code, stderr } = await run(["serve"], { CURFEW_ADMIN_KEY: "hunter2" });
  expect(code).toBe(78);
  expect(stderr).toContain("admin.key: expected 16 to 256 ASCII characters without spaces\n");
  expect(stderr).not.toContain("hunter2");
});

test("a misspelt variable does not start the gateway", async () => {
  const { code, stderr } = await run(["serve"], { CURFEW_ENFORCE_SESSION_TIMEOUT: "true" });
  expect(code).toBe(78);
  expect(stderr).toContain("did you mean CURFEW_CONSOLEAUTH_ENFORCE_SESSION_TIMEOUT?");
});

test("the log says what a token was issued for, to whom, and until when", async () => {
  await using gateway = await TestGateway.start();
  const body = { type: "serial", target: "127.0.0.1:5901", instance: "vm-1", ttl: 60 };
  const issued = (await (await gateway.admin("POST", "/v1/tokens", body)).json()) as Record<string, string>;
  expect(gateway.logged("token issued")).toMatchObject([
    {
      token_id: issued["id"],
      type: "serial",
      target: "127.0.0.1:5901",
      instance: "vm-1",
      access: "control",
      expires_at: issued["expires_at"],
      client: "127.0.0.1",
    },
  ]);
});
