import { describe, expect, test, vi } from "vitest";
import type { Grant, GrantEnd, GrantRevalidation, TokenSource } from "../src/index.ts";
import { parseEndpoint } from "../src/net/endpoint.ts";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { startByteServer } from "./support/targets.ts";

const GONE: GrantEnd = { reason: "instance_deleted", detail: "the instance was deleted" };

/** Knows every token, as that of an instance with its name, and says later what has become of them. */
class CheckedSource implements TokenSource, GrantRevalidation {
  readonly name = "cell1";
  readonly gone = new Set<string>();
  /** The instances of each check. */
  readonly checks: (readonly (string | undefined)[])[] = [];
  answer: "yes" | "fails" | "hangs" = "yes";
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  async resolve(token: string): Promise<Grant> {
    return {
      tokenId: `id of ${token}`,
      type: "serial",
      endpoint: parseEndpoint(this.#address),
      instance: token.split(" ")[0],
      name: undefined,
      user: undefined,
      access: "control",
      expiresAt: Date.now() + 60_000,
      revalidation: this,
    };
  }

  async check(grants: readonly Grant[]): Promise<readonly (GrantEnd | undefined)[]> {
    this.checks.push(grants.map(({ instance }) => instance));
    if (this.answer === "fails") throw new Error("connection refused");
    if (this.answer === "hangs") await new Promise(() => {});
    return grants.map(({ instance = "" }) => (this.gone.has(instance) ? GONE : undefined));
  }

  /** Waits for a check that begins after now. */
  async checked(): Promise<void> {
    const { length } = this.checks;
    await vi.waitUntil(() => this.checks.length > length, { interval: 5 });
  }
}

async function start(interval = 0.02) {
  const target = await startByteServer({ mode: "sink" });
  const source = new CheckedSource(target.address);
  const gateway = await TestGateway.start({
    source: () => source,
    config: { nova: { revalidate_interval: interval } },
  });
  const open = async (token: string): Promise<Client> => {
    const client = new Client(gateway.host, token);
    await client.message("hello");
    return client;
  };
  return {
    source,
    gateway,
    open,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await target.close();
    },
  };
}

describe("while sessions live, their grants are checked again", () => {
  test("one question is for all sessions, and ends those whose grant no longer holds", async () => {
    await using made = await start();
    using kept = await made.open("vm-1");
    using ended = await made.open("vm-2");
    await made.source.checked();
    expect(made.source.checks.at(-1)).toEqual(["vm-1", "vm-2"]);
    made.source.gone.add("vm-2");
    expect(await ended.closed).toMatchObject({ code: 4009, reason: GONE.reason });
    expect(await ended.message("bye")).toMatchObject({ detail: GONE.detail });
    await made.source.checked();
    expect(made.source.checks.at(-1)).toEqual(["vm-1"]);
    expect(made.gateway.endReasons()).toEqual([GONE.reason]);
    expect(kept.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("many sessions end together", async () => {
    await using made = await start();
    const clients = await Promise.all(Array.from({ length: 20 }, async (_, index) => await made.open(`vm-1 ${index}`)));
    made.source.gone.add("vm-1");
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([4009]));
    await expect.poll(() => made.gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
  });

  test("without an answer no session ends; it is logged once, counted each time, and again when it is back", async () => {
    await using made = await start();
    using client = await made.open("vm-1");
    made.source.answer = "fails";
    made.source.gone.add("vm-1");
    for (let count = 0; count < 3; count += 1) await made.source.checked();
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    expect(made.gateway.logged("sessions not checked")).toMatchObject([{ level: "warn", name: "cell1" }]);
    const metrics = await (await made.gateway.admin("GET", "/metrics")).text();
    expect(Number(/^curfew_revalidation_failures_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(2);
    made.source.answer = "yes";
    expect((await client.closed).code).toBe(4009);
    expect(made.gateway.logged("sessions checked again")).toMatchObject([{ name: "cell1" }]);
  });

  test.each([
    ["nothing", undefined],
    ["too few answers", []],
    ["no reason", [{ detail: "gone" }]],
    ["a reason that is none", [{ reason: "gone", detail: "gone" }]],
    ["null", [null]],
  ])("a source that answers %s has not answered, and is asked again", async (_, answer) => {
    await using made = await start();
    using client = await made.open("vm-1");
    const check = made.source.check.bind(made.source);
    made.source.check = async (grants) => {
      made.source.checks.push(grants.map(({ tokenId }) => tokenId));
      return await Promise.resolve(answer as never);
    };
    await expect.poll(() => made.gateway.logged("sessions not checked")).toHaveLength(1);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    made.source.check = check;
    made.source.gone.add("vm-1");
    expect((await client.closed).code).toBe(4009);
  });

  test("a check that hangs is not followed by others", async () => {
    await using made = await start(0.005);
    using client = await made.open("vm-1");
    await made.source.checked();
    made.source.answer = "hangs";
    await made.source.checked();
    const { length } = made.source.checks;
    // Many intervals later, by the gateway's own timer: the client's ping is answered meanwhile.
    for (let id = 0; id < 20; id += 1) {
      client.socket.send(JSON.stringify({ type: "ping", id }));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(made.source.checks).toHaveLength(length);
  });

  test("a session that was renewed meanwhile is judged by its new grant", async () => {
    await using made = await start();
    using client = await made.open("vm-1");
    await made.source.checked();
    const answer = Promise.withResolvers<readonly (GrantEnd | undefined)[]>();
    made.source.check = async (grants) => {
      made.source.checks.push(grants.map(({ tokenId }) => tokenId));
      return await answer.promise;
    };
    await made.source.checked();
    client.socket.send(JSON.stringify({ type: "renew", id: 1, token: "vm-1 again" }));
    await client.message("renewed");
    answer.resolve([GONE]);
    made.source.check = async (grants) => {
      made.source.checks.push(grants.map(({ tokenId }) => tokenId));
      return [undefined];
    };
    await made.source.checked();
    expect(made.source.checks.at(-1)).toEqual(["id of vm-1 again"]);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("an interval of 0 checks nothing", async () => {
    await using made = await start(0);
    using client = await made.open("vm-1");
    made.source.gone.add("vm-1");
    client.socket.send(JSON.stringify({ type: "ping", id: 1 }));
    await client.message("pong");
    expect(made.source.checks).toEqual([]);
  });
});
