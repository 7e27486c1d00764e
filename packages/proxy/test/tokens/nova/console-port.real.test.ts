import { type NovaCompute, startNovaCompute } from "@curfew/conformance/cloud";
import { type RabbitMq, startRabbitMq } from "@curfew/testing/real";
import * as amqp from "amqplib";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { AmqpBroker } from "../../../src/tokens/nova/rpc/amqp-broker.ts";
import { ConsolePortValidator } from "../../../src/tokens/nova/rpc/console-port-validator.ts";
import { type NovaRpcOptions, RPC_DEFAULTS } from "../../../src/tokens/nova/rpc/options.ts";
import { RpcValidation } from "../../../src/tokens/nova/rpc/rpc-validation.ts";
import { parseTransportUrl } from "../../../src/tokens/nova/rpc/transport-url.ts";
import { TestAuthority } from "../../support/authority.ts";
import { INSTANCE } from "./instance.ts";

const CONSOLE = {
  consoleType: "novnc",
  host: "10.0.0.1",
  port: 5900,
  tlsPort: undefined,
  internalAccessPath: undefined,
  accessUrlBase: undefined,
  instanceUuid: INSTANCE.uuid,
  expires: 0,
};

/** A password and a virtual host that a URL has to encode. */
const PASSWORD = "p@ss:w/rd %";
const VIRTUAL_HOST = "cloud/1%";

let broker: RabbitMq;
let authority: TestAuthority;
let compute: NovaCompute;
/** The transport URL of the broker. */
let url: string;

beforeAll(async () => {
  authority = await TestAuthority.create();
  broker = await startRabbitMq({
    tls: await authority.issue("broker"),
    users: { guest: "guest", "nova@cloud": PASSWORD },
    virtualHosts: ["/", VIRTUAL_HOST],
  });
  url = `rabbit://guest:guest@127.0.0.1:${broker.port}/`;
  // As in Kolla: the queues for requests are quorum queues, and there again after a restart of the broker.
  compute = await startNovaCompute({ transportUrl: `${url}?rabbit_quorum_queue=true`, host: "compute1" });
});

afterAll(async () => {
  await compute?.[Symbol.asyncDispose]();
  await broker?.stop();
  authority?.[Symbol.dispose]();
});

async function open(
  options: Partial<NovaRpcOptions> = {},
  at: string = url,
  first?: number,
): Promise<ConsolePortValidator> {
  const validator = await ConsolePortValidator.open(at, { ...RPC_DEFAULTS, ...options }, first);
  onTestFinished(async () => await validator.close());
  return validator;
}

const never = new AbortController().signal;

async function isValid(validator: ConsolePortValidator, port: number, change: object = {}): Promise<boolean> {
  const console = { instance: { ...INSTANCE, ...change }, port, consoleType: "novnc" };
  return await validator.isValid(console, undefined, never);
}

test("nova-compute gets the machine, the port and an administrator's context, and decides", async () => {
  const validator = await open();
  expect(await isValid(validator, 5900)).toBe(true);
  expect(await isValid(validator, 5901)).toBe(false);
  // It says what it was asked over another pipe than its answers.
  await expect
    .poll(() => compute.calls.slice(-2))
    .toMatchObject([
      {
        uuid: INSTANCE.uuid,
        name: "web",
        port: "5900",
        type: "novnc",
        context: { is_admin: true, read_deleted: "no" },
      },
      { port: "5901" },
    ]);
  await validator.health(never);
});

test("a token source asks with what a row says, and its cell's services", async () => {
  const rpc = { ...RPC_DEFAULTS, rabbit_transient_quorum_queue: true };
  const source = { transport_url: url, timeout: 5, max_connections: 10 };
  const validation = await RpcValidation.open(source, rpc);
  onTestFinished(async () => await validation.close());
  expect(validation.instanceColumns).toEqual(["id", "node", "user_id", "project_id", "hostname"]);
  const withComputes = (version: number) => ({ name: "c", transportUrl: url, query: async () => [{ version }] });
  const cell = withComputes(67);
  const row = { id: 7n, uuid: INSTANCE.uuid, host: "compute1", node: "n", display_name: "web", hostname: null };
  const console = { ...CONSOLE, cell, instance: row };
  expect(await validation.isValid(console, never)).toBe(true);
  expect(await validation.isValid({ ...console, port: 5901 }, never)).toBe(false);
  expect(await validation.isValid({ ...console, instance: { ...row, host: null } }, never)).toBe(false);
  await validation.health(never);
  await expect(validation.isValid({ ...console, cell: withComputes(71) }, never)).rejects.toThrow(
    "no nova-compute listens at compute-alt.compute1",
  );
  const without = { ...cell, transportUrl: undefined };
  await expect(validation.isValid({ ...console, cell: without }, never)).rejects.toThrow("has no transport_url");
  await expect(validation.isValid({ ...console, instance: {} }, never)).rejects.toThrow("instances.id: expected");
});

test("many requests at once get their own answers over one connection", async () => {
  const validator = await open();
  const ports = Array.from({ length: 100 }, (_, index) => 5900 + (index % 3));
  const answers = await Promise.all(ports.map(async (port) => await isValid(validator, port)));
  expect(answers).toEqual(ports.map((port) => port === 5900));
});

test("an exception refuses the console if it says that there is none, else there is no answer", async () => {
  const validator = await open();
  expect(await isValid(validator, 5900, { displayName: "InstanceNotFound" })).toBe(false);
  expect(await isValid(validator, 5900, { displayName: "ConsoleTypeUnavailable" })).toBe(false);
  await expect(isValid(validator, 5900, { displayName: "LibvirtError" })).rejects.toThrow(
    `nova-compute raised LibvirtError: of ${INSTANCE.uuid}`,
  );
});

test("without an answer, the call ends with its time", async () => {
  const validator = await open({ rpc_response_timeout: 0.1501 });
  await expect(isValid(validator, 5999)).rejects.toThrow("no answer from compute.compute1 within 151 ms");
});

test("a host on which no nova-compute listens is told from one that does not answer", async () => {
  const validator = await open();
  await expect(isValid(validator, 5900, { host: "compute2" })).rejects.toThrow(
    "no nova-compute listens at compute.compute2",
  );
  const alternative = await open({ upgrade_levels_compute: "6.5" });
  await expect(isValid(alternative, 5900)).rejects.toThrow("no nova-compute listens at compute-alt.compute1");
});

test("of two nodes one of which is down, the other is used", async () => {
  const two = `rabbit://guest:guest@127.0.0.1:1,guest:guest@127.0.0.1:${broker.port}/`;
  const validator = await open({}, two, 0);
  expect(await isValid(validator, 5900)).toBe(true);
});

test("user, password and virtual host of the URL are decoded, with either login method", async () => {
  const [user, password, virtualHost] = ["nova@cloud", PASSWORD, VIRTUAL_HOST].map(encodeURIComponent);
  const encoded = `rabbit://${user}:${password}@127.0.0.1:${broker.port}/${virtualHost}`;
  for (const method of ["AMQPLAIN", "PLAIN"] as const) {
    await (await open({ rabbit_login_method: method }, encoded)).health(never);
  }
});

test("a broker that refuses the login is named with its words, but without the password", async () => {
  const validator = await open({}, url.replace(":guest@", ":secret@"));
  const refused = new RegExp(`^cannot use RabbitMQ at 127.0.0.1:${broker.port}: .*ACCESS_REFUSED`);
  await expect(validator.health(never)).rejects.toThrow(refused);
  await expect(isValid(validator, 5900)).rejects.toThrow(refused);
  await expect(validator.health(never)).rejects.not.toThrow("secret");
});

test("TLS checks the certificate and its host if there is a file of authorities, else nothing", async () => {
  const openAt = async (host: string, query: string): Promise<ConsolePortValidator> =>
    await open({}, `rabbit://guest:guest@${host}:${broker.tlsPort}/?ssl=1${query}`);
  const trusting = ({ cert }: TestAuthority): string => `&ssl_ca_file=${encodeURIComponent(cert)}`;
  await (await openAt("127.0.0.1", trusting(authority))).health(never);
  await (await openAt("127.0.0.1", "")).health(never);
  // Another name of the same address, which the certificate does not have.
  await expect((await openAt("127.1", trusting(authority))).health(never)).rejects.toThrow(
    "does not match certificate's altnames: Host: 127.1. is not cert's CN: broker",
  );
  const anyName = "&ssl_enforce_hostname_verification=0";
  await (await openAt("127.1", trusting(authority) + anyName)).health(never);
  using other = await TestAuthority.create();
  await expect((await openAt("127.0.0.1", trusting(other))).health(never)).rejects.toThrow("certificate");
});

test("an exchange that is missing costs the requests, and then the connection is made anew", async () => {
  const validator = await open({ control_exchange: "missing" });
  await expect(isValid(validator, 5900)).rejects.toThrow("NOT_FOUND - no exchange 'missing' in vhost '/'");
  await validator.health(never);
});

test.each([
  { quorum: false, kind: "a queue that only its connection has" },
  { quorum: true, kind: "a quorum queue, removed at the end" },
])("answers come by $kind", async ({ quorum }) => {
  const rpc = { ...RPC_DEFAULTS, rabbit_transient_quorum_queue: quorum };
  const validator = await open(rpc);
  expect(await isValid(validator, 5900)).toBe(true);

  const listener = { onReply() {}, onReturned() {}, onLost() {} };
  const link = new AmqpBroker({ amqp, rpc, url: parseTransportUrl(url), tls: undefined }, listener);
  const { replyQueue } = await link.ready(never);
  expect(await lookAt(replyQueue)).toMatch(quorum ? "quorum" : "RESOURCE_LOCKED");
  await link.close();
  await vi.waitFor(async () => expect(await lookAt(replyQueue)).toMatch("NOT_FOUND"));
});

/** `quorum` for such a queue, else what the broker says to one who looks at the queue. */
async function lookAt(queue: string): Promise<string> {
  const other = await amqp.connect(`amqp://guest:guest@127.0.0.1:${broker.port}/`);
  try {
    const channel = await other.createChannel();
    channel.on("error", () => {});
    await channel.checkQueue(queue);
    const expires = RPC_DEFAULTS.rabbit_transient_queues_ttl * 1000;
    await channel.assertQueue(queue, { durable: true, expires, arguments: { "x-queue-type": "quorum" } });
    return "quorum";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await other.close();
  }
}

test("while the broker is away calls fail at once, and after its restart they are answered", async () => {
  const validator = await open({ rabbit_transient_quorum_queue: true });
  expect(await isValid(validator, 5900)).toBe(true);
  const waiting = isValid(validator, 5999);
  await vi.waitFor(() => expect(compute.calls.at(-1)?.port).toBe("5999"));
  await Promise.all([
    expect(waiting).rejects.toThrow(`the connection to RabbitMQ at 127.0.0.1:${broker.port}`),
    broker.crash(),
  ]);
  const away = `cannot use RabbitMQ at 127.0.0.1:${broker.port}: connect ECONNREFUSED`;
  await expect(isValid(validator, 5900)).rejects.toThrow(away);
  await expect(validator.health(never)).rejects.toThrow(away);
  await broker.restart();
  await vi.waitFor(async () => expect(await isValid(validator, 5900)).toBe(true), { interval: 200 });
  await validator.health(never);
});
