import { type ByteServer, startByteServer } from "@curfew/testing";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "../src/index.ts";
import type { SessionInfo } from "../src/telemetry/session-info.ts";
import { openTraces } from "../src/telemetry/traces/open.ts";
import { createTraces } from "../src/telemetry/traces/otlp.ts";
import type { Traces } from "../src/telemetry/traces/traces.ts";
import { Client } from "./support/client.ts";
import { TestGateway, type TestGatewayOptions } from "./support/gateway.ts";
import { OtlpCollector, type ReceivedSpan } from "./support/otlp-collector.ts";
import { offer, OK, startScriptedVnc, VERSION } from "./support/scripted-vnc.ts";
import { stopwatch } from "./support/waited.ts";
import { WorkerGateway } from "./support/worker-gateway.ts";

let target: ByteServer;
beforeAll(async () => void (target = await startByteServer({ mode: "echo" })));
afterAll(() => target[Symbol.asyncDispose]());

let collector: OtlpCollector;
beforeEach(async () => {
  collector = await OtlpCollector.start();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await collector[Symbol.asyncDispose]();
});

/** What is logged. */
const lines: string[] = [];

/** What a collector gets of what is done with a gateway. */
async function traced(
  options: TestGatewayOptions,
  act: (gateway: TestGateway) => Promise<void>,
): Promise<readonly ReceivedSpan[]> {
  const log = createLogger("trace", { write: (line) => void lines.push(line) });
  const traces = await openTraces(process.env, log);
  await using gateway = await TestGateway.start({ ...options, traces });
  await act(gateway);
  await gateway.proxy.close();
  await traces?.close();
  return collector.spans;
}

async function openAndClose(gateway: TestGateway, token: string, headers = {}): Promise<void> {
  using client = new Client(gateway.host, token, { headers });
  await client.message("hello");
  client.socket.close(1000);
  await client.closed;
}

function rootOf(spans: readonly ReceivedSpan[]): ReceivedSpan {
  return spans.find(({ name }) => name === "console session") as ReceivedSpan;
}

test("a session is one span, with one below it for each step, and no token in any", async () => {
  let token = "";
  const spans = await traced({}, async (gateway) => {
    ({ token } = await gateway.token(target.address, { instance: "vm-1" }));
    await openAndClose(gateway, token);
  });
  const root = rootOf(spans);
  expect(root).toMatchObject({
    parentId: "",
    status: 0,
    attributes: {
      "curfew.console.type": "serial",
      "curfew.instance": "vm-1",
      "curfew.access": "control",
      "curfew.end.reason": "client_closed",
    },
    resource: { "service.name": "curfew" },
  });
  const steps = spans.filter((span) => span !== root);
  expect(steps.map(({ name }) => name)).toEqual(["token lookup", "admission", "dial"]);
  for (const { parentId, traceId, durationNs } of steps) {
    expect([parentId, traceId]).toEqual([root.spanId, root.traceId]);
    expect(durationNs).toBeLessThanOrEqual(root.durationNs);
  }
  expect(Buffer.concat(collector.bodies).includes(token)).toBe(false);
});

test("a handshake of the target is a step, and the step that fails says so", async () => {
  await using server = await startScriptedVnc(async (connection) => {
    await offer(connection, 1);
    await connection.send(OK);
  });
  const opened = await traced({ config: { vnc: { auth_schemes: ["none"] } } }, async (gateway) => {
    const { token } = await gateway.token(server.address, { type: "vnc" });
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => client.socket.send(Buffer.concat([VERSION, Buffer.of(1)])));
    await client.bytes(VERSION.length + 2 + OK.length);
  });
  expect(opened.map(({ name }) => name)).toContain("target handshake");
  collector.spans.length = 0;
  const refused = await traced({}, async (gateway) => {
    using client = new Client(gateway.host, "unknown");
    await client.closed;
  });
  expect(refused.map(({ name, status }) => [name, status])).toEqual([
    ["token lookup", 2],
    ["console session", 2],
  ]);
  expect(rootOf(refused).attributes["curfew.end.reason"]).toBe("token_invalid");
});

test("the span of a request counts only from a trusted proxy", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const open = async (gateway: TestGateway): Promise<void> => {
    await openAndClose(gateway, (await gateway.token(target.address)).token, { traceparent });
  };
  expect(rootOf(await traced({}, open)).parentId).toBe("");
  collector.spans.length = 0;
  expect(rootOf(await traced({ config: { trusted_proxies: ["127.0.0.1"] } }, open))).toMatchObject({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentId: "b7ad6b7169203331",
  });
});

test.each([500, undefined])("a collector that answers %s delays nothing, and is logged once", async (status) => {
  collector.status = status;
  lines.length = 0;
  vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "50");
  vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "1");
  await traced({}, async (gateway) => {
    const { token } = await gateway.token(target.address);
    for (let count = 0; count < 5; count += 1) await openAndClose(gateway, token);
    await expect.poll(() => lines.filter((line) => line.includes("takes no traces")).length).toBe(1);
  });
  expect(lines.filter((line) => line.includes("takes no traces"))).toHaveLength(1);
});

/** A session that is refused: two spans. */
function refuse(traces: Traces): void {
  const session = { id: "s-1", ageMs: 1 } as SessionInfo;
  traces.enter(session, "lookup");
  traces.observer.notify?.({ type: "session_ended", session, end: { reason: "token_invalid" } });
}

test("a collector that hangs holds up a stop for no longer than is said", async () => {
  collector.status = undefined;
  const traces = createTraces(process.env, createLogger("silent"), 20);
  refuse(traces);
  await traces.close();
  expect(collector.spans).toEqual([]);
});

test("of spans that come faster than they are sent, the queue holds a bounded number", async () => {
  const env = { ...process.env, OTEL_BSP_MAX_QUEUE_SIZE: "10", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10" };
  const traces = createTraces(env, createLogger("silent"));
  for (let count = 0; count < 100; count += 1) refuse(traces);
  await traces.close();
  expect(collector.spans.length).toBeGreaterThan(0);
  expect(collector.spans.length).toBeLessThanOrEqual(20);
});

test("nothing is traced without an endpoint, or where the environment says so", async () => {
  const log = createLogger("silent");
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  expect(await openTraces({}, log)).toBeUndefined();
  expect(await openTraces({ ...endpoint, OTEL_SDK_DISABLED: "true" }, log)).toBeUndefined();
  expect(await openTraces({ ...endpoint, OTEL_TRACES_EXPORTER: "none" }, log)).toBeUndefined();
  vi.stubEnv("OTEL_TRACES_SAMPLER", "always_off");
  const spans = await traced({}, async (gateway) => {
    await openAndClose(gateway, (await gateway.token(target.address)).token);
  });
  expect([spans, collector.bodies]).toEqual([[], []]);
});

test("a variable that is wrong is named", () => {
  const problem = (env: Readonly<Record<string, string>>) => () => createTraces(env, createLogger("silent"));
  expect(problem({ OTEL_TRACES_SAMPLER: "some" })).toThrow(
    /^OTEL_TRACES_SAMPLER: expected one of always_on, .* but got/,
  );
  expect(problem({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" })).toThrow(
    'OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, but got "2"',
  );
  expect(problem({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toThrow(
    'OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf, but got "grpc"',
  );
  expect(problem({ OTEL_BSP_SCHEDULE_DELAY: "0" })).toThrow(
    'OTEL_BSP_SCHEDULE_DELAY: expected a whole number of 1 or more, but got "0"',
  );
});

test("OpenTelemetry is imported in one place, which is loaded only when it is needed", async () => {
  const src = new URL("../src/", import.meta.url);
  const importers: string[] = [];
  for await (const file of glob("**/*.ts", { cwd: src })) {
    if (
      /(?:from|import) "(?:@opentelemetry\/|.*\/(?:otlp|session-traces)\.ts")/.test(
        readFileSync(new URL(file, src), "utf8"),
      )
    ) {
      importers.push(file);
    }
  }
  expect(importers.toSorted()).toEqual(["telemetry/traces/otlp.ts", "telemetry/traces/session-traces.ts"]);
});

test("workers send their traces, at the latest when they stop", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=test" };
  await using gateway = await WorkerGateway.start({}, { workers: 2, env });
  const client = await gateway.open(target.address);
  client.socket.close(1000);
  await client.closed;
  gateway.command.process.kill("SIGTERM");
  expect(await gateway.command.exited).toBe(0);
  expect(rootOf(collector.spans)).toMatchObject({
    attributes: { "curfew.end.reason": "client_closed" },
    resource: { "service.name": "curfew", "deployment.environment": "test" },
  });
});

test.each([1, 2])(
  "with %i workers, a gateway stops in time although the collector does not answer",
  async (workers) => {
    collector.status = undefined;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    await using gateway = await WorkerGateway.start({}, { workers, env });
    const client = await gateway.open(target.address);
    client.socket.close(1000);
    await client.closed;
    const elapsed = stopwatch(gateway.pids, { mayEnd: true });
    gateway.command.process.kill("SIGTERM");
    expect(await gateway.command.exited).toBe(0);
    expect(elapsed()).toBeLessThan(2000);
    expect(gateway.logged("worker crashed")).toEqual([]);
  },
);
