import { expect, test } from "vitest";
import { HandClock } from "../support/clock.ts";
import { linkMessage, sayFirst, SpiceChannel, SpiceViewer } from "../support/spice-client.ts";
import { type SpiceConsole, startSpiceConsole } from "../support/spice-console.ts";

/** Long enough for a busy machine to do the handshakes that are not to fail. Tests wait for it beside each other. */
const CONFIG = { targets: { connect_timeout: 3 } };

const TICKET = Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(128)]);

/** What shows that a session goes on although one of its channels has failed. */
async function expectOpen({ gateway, token }: SpiceConsole, main: SpiceChannel): Promise<void> {
  using again = await SpiceChannel.open(gateway.host, token, { type: "cursor", session: main.number });
  expect(again.received).toBeGreaterThan(0);
  expect(gateway.held()).toEqual({ sessions: 1, closing: 0, deadlines: 1 });
  expect(gateway.endReasons()).toEqual([]);
}

test("a channel whose target cannot be reached fails alone", async () => {
  await using spice = await startSpiceConsole();
  const { server, gateway, token } = spice;
  using main = await SpiceChannel.open(gateway.host, token);
  await server.refuse();
  using inputs = sayFirst(gateway.host, token, linkMessage({ type: "inputs", session: main.number }));
  expect(await inputs.closed).toEqual({ code: 4202, reason: "target_unreachable" });
  await server.accept();
  await expectOpen(spice, main);
  expect(gateway.proxy.sessions.list()[0]?.channels).toHaveLength(2);
  expect(gateway.logged("channel failed")).toMatchObject([
    { reason: "target_unreachable", cause: expect.stringContaining("ECONNREFUSED") as string },
  ]);
});

test.concurrent.each(["reply", "ticket"] as const)(
  "a target that stops before its %s ends a main channel in time",
  async (at) => {
    await using spice = await startSpiceConsole({ config: CONFIG }, { faults: [{ type: "stall", at }] });
    const { server, gateway, token } = spice;
    using main = sayFirst(gateway.host, token, Buffer.concat([linkMessage({}), TICKET]));
    expect(await main.closed).toEqual({ code: 4204, reason: "target_timeout" });
    await server.waitForNoConnections();
    expect(gateway.logged("session ended")).toMatchObject([
      { reason: "target_timeout", detail: "the console did not complete the handshake within 3000 ms" },
    ]);
  },
);

test.concurrent.each(["reply", "ticket"] as const)(
  "a target that stops before its %s ends another channel alone",
  async (at) => {
    const faults = (connection: number) => (connection === 1 ? [{ type: "stall" as const, at }] : []);
    await using spice = await startSpiceConsole({ config: CONFIG }, { faults });
    const { gateway, token } = spice;
    using main = await SpiceChannel.open(gateway.host, token);
    const link = linkMessage({ type: "display", session: main.number });
    using display = sayFirst(gateway.host, token, Buffer.concat([link, TICKET]));
    expect(await display.closed).toEqual({ code: 4204, reason: "target_timeout" });
    // The handshake of the main channel is over, and so is its time limit.
    await expectOpen(spice, main);
    expect(gateway.logged("channel failed")).toMatchObject([{ reason: "target_timeout" }]);
  },
);

test.concurrent("a client that sends no ticket is not the target's fault", async () => {
  await using spice = await startSpiceConsole({ config: CONFIG });
  const { gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  const { main } = viewer;
  const link = linkMessage({ type: "inputs", session: main.number });
  using silent = sayFirst(gateway.host, token, Buffer.concat([link, TICKET.subarray(1)]));
  expect(await silent.closed).toEqual({ code: 4000, reason: "protocol_error" });
  await expectOpen(spice, main);
  expect(gateway.logged("channel failed")).toMatchObject([
    { reason: "protocol_error", detail: "the client did not complete the handshake within 3000 ms" },
  ]);
  for (const { socket } of viewer.channels) expect(socket.readyState).toBe(socket.OPEN);
});

test("the deadline covers a handshake that does not come to its end", async () => {
  const clock = new HandClock();
  await using spice = await startSpiceConsole({ clock }, { faults: [{ type: "stall", at: "ticket" }] });
  const { server, gateway, token } = spice;
  using main = sayFirst(gateway.host, token, Buffer.concat([linkMessage({}), TICKET]));
  await main.bytes(16);
  clock.now += 60_000;
  expect(await main.closed).toEqual({ code: 4100, reason: "session_expired" });
  await server.waitForNoConnections();
});
