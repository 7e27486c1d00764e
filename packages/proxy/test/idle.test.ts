import { startByteServer, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { HandClock } from "./support/clock.ts";
import { TestGateway } from "./support/gateway.ts";

const IDLE = { code: 4007, reason: "idle_timeout" };
const config = { sessions: { idle_timeout: 0.3 } };

/** Says what an RFB 3.8 client says, up to the screen. */
async function openScreen(client: Client): Promise<void> {
  for (const [bytes, answer] of [
    [12, "RFB 003.008\n"],
    [14, "\x01"],
    [18, "\x01"],
  ] as const) {
    await client.bytes(bytes);
    client.socket.send(Buffer.from(answer));
  }
  await client.bytes(18 + 24);
}

/** A target, with what a user does at it, and what a viewer sends by itself. */
interface Console extends AsyncDisposable {
  readonly address: string;
  readonly open: (client: Client) => Promise<void>;
  readonly work: (client: Client) => Promise<void>;
  readonly idle: (client: Client) => Promise<void>;
}

async function vncConsole(): Promise<Console> {
  const server = await startFakeVnc();
  let keysym = 0x61;
  return {
    address: server.address,
    open: openScreen,
    work: async (client) => {
      keysym += 1;
      const pressed = server.waitFor("key", (event) => event.keysym === keysym);
      client.socket.send(Buffer.from([4, 1, 0, 0, 0, 0, 0, keysym]));
      await pressed;
    },
    idle: async (client) => {
      const { received } = client;
      client.socket.send(Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]));
      await client.bytes(received + 1);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function serialConsole(): Promise<Console> {
  const server = await startFakeSerial({ banner: "hello" });
  return {
    address: server.address,
    open: (client) => client.bytes(1),
    work: async (client) => {
      const { received } = client;
      client.socket.send(Buffer.from("x"));
      await client.bytes(received + 1);
    },
    idle: async () => {},
    [Symbol.asyncDispose]: () => server.close(),
  };
}

describe("sessions.idle_timeout: no input of the user for that long ends a session", () => {
  test.each([
    ["vnc", vncConsole],
    ["serial", serialConsole],
  ] as const)("on a %s console, and not while the user is active", async (type, start) => {
    await using target = await start();
    const clock = new HandClock();
    await using gateway = await TestGateway.start({ config, clock });
    const { token } = await gateway.token(target.address, { type });
    using worker = new Client(gateway.host, token);
    using idler = new Client(gateway.host, token);
    await Promise.all([target.open(worker), target.open(idler)]);

    clock.now = 250;
    await Promise.all([target.work(worker), target.idle(idler)]);
    const renewed = idler.message("renewed");
    idler.control({ type: "renew", id: 1, token });
    await renewed;

    // Both began at 0: what cuts the one now would cut the other, if its input had not counted.
    clock.now = 549;
    expect(await idler.closed).toEqual(IDLE);
    expect(await idler.message("bye")).toMatchObject({ detail: "there was no input for 0.3 s" });
    expect(gateway.held().sessions).toBe(1);
    await target.work(worker);

    clock.now = 549 + 300;
    expect(await worker.closed).toEqual(IDLE);
    await gateway.proxy.sessions.idle();
    expect(gateway.endReasons()).toEqual(["idle_timeout", "idle_timeout"]);
    expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
  });

  test("is said in hello, and before the end; that the user is still there is an answer", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new HandClock();
    await using gateway = await TestGateway.start({ config, clock });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect(await client.message("hello")).toMatchObject({ idleTimeoutMs: 300 });
    clock.now = 150;
    expect(await client.message("idle_warning")).toEqual({ type: "idle_warning", endsInMs: 150 });
    clock.now = 290;
    client.control({ type: "still_here" });
    await client.until(() => client.messages.length === 3, "the end of the warning");
    expect(client.messages.at(-1)).toEqual({ type: "idle_warning", endsInMs: null });
    clock.now = 290 + 300;
    expect(await client.closed).toEqual(IDLE);
  });

  test("with enforcement off, too, and not a moment early", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({
      config: { ...config, consoleauth: { enforce_session_timeout: false } },
    });
    const { token } = await gateway.token(target.address);
    const before = performance.now();
    using client = new Client(gateway.host, token);
    expect(await client.closed).toEqual(IDLE);
    expect(performance.now() - before).toBeGreaterThanOrEqual(300);
    await target.waitForNoConnections();
  });

  test("leaves nothing behind in a session that ends otherwise", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ config, clock: new HandClock() });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    expect(gateway.held().deadlines).toBe(2);
    client.socket.close(1000);
    await gateway.proxy.sessions.idle();
    expect(gateway.endReasons()).toEqual(["client_closed"]);
    expect(gateway.held().deadlines).toBe(0);
  });

  test("is off by default, and then costs no entry in the scheduler", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ config: { consoleauth: { enforce_session_timeout: false } } });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    expect(gateway.held()).toEqual({ sessions: 1, closing: 0, deadlines: 0 });
  });
});
