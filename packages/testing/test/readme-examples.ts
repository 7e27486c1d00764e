import {
  type Fault,
  testPatternHash,
  recordRfb,
  seededHash,
  startByteServer,
  startFakeGateway,
  startFakeSerial,
  startFakeVnc,
  startVncPlayer,
  type FakeVncServer,
  type VncPhase,
} from "@curfew/testing";
import { InPageGateway } from "@curfew/testing/in-page";

/** Every piece of TypeScript in the README, as it stands there. Each hands what it made to a check of its own. */

export async function misbehaving(check: (server: FakeVncServer) => Promise<void>): Promise<void> {
  const script: Fault<VncPhase>[][] = [
    [{ type: "stall", at: "serverInit" }], // the first connection hangs in its handshake,
    [{ type: "split", bytes: 1 }], // the second arrives in single bytes,
    [
      { type: "split", bytes: 3 },
      { type: "reset", at: 1000 },
    ], // the third in threes, and is reset after 1,000,
    [{ type: "close", at: { afterMs: 2000 } }], // the fourth expires after two seconds.
  ];
  await using server = await startFakeVnc({ faults: (connection) => script[connection] ?? [] });
  await check(server);
}

export async function byHand(server: FakeVncServer): Promise<{ by: string; how: string }> {
  const connection = await server.waitForConnection();
  connection.stall(); // nothing is sent …
  connection.resume(); // … and now it is
  connection.reset(); // or connection.end(), for FIN
  const { by, how } = await connection.closed; // the side that ended it first, with "end" (FIN) or "reset"
  await server.refuse(); // later connections fail, until server.accept()
  return { by, how };
}

export async function received(server: FakeVncServer): Promise<{ key: unknown; clicks: readonly unknown[] }> {
  const key = await server.waitFor("key", ({ keysym, down }) => keysym === 0x61 && down);
  const clicks = server.received("pointer").filter(({ buttons }) => buttons === 1);
  await server.waitForNoConnections();
  return { key, clicks };
}

export async function picture(check: (server: FakeVncServer, expected: string) => Promise<void>): Promise<void> {
  await using server = await startFakeVnc({ size: { width: 640, height: 480 }, encoding: "zrle" });
  server.showPattern(7);
  const expected = testPatternHash(7, server.size); // SHA-256 of the RGBA pixels: of what getImageData() returns
  await check(server, expected);
}

interface OpenOptions {
  readonly webSocket: (url: string, protocols: string[]) => WebSocket;
}

export async function inPage(openConsole: (options: OpenOptions) => void): Promise<void> {
  await using gateway = new InPageGateway({ expiresInMs: 120_000 });
  openConsole({ webSocket: gateway.webSocket }); // the option of the SDK's consoles
  const session = await gateway.waitForSession();
  void session.write("login: "); // console output: the page has it when this returns
  session.end("session_expired");
}

interface Ports {
  readonly guest: number;
  readonly source: number;
  readonly expected: string;
}

export async function others(check: (ports: Ports) => Promise<void>): Promise<void> {
  await using guest = await startFakeSerial({ user: "root", password: "secret", hostname: "vm-1" });
  await using source = await startByteServer({ mode: "source", seed: 42, bytes: 1_000_000 });
  const expected = seededHash(42, 1_000_000); // SHA-256 of what the source sends
  await check({ guest: guest.port, source: source.port, expected });
}

export async function gateway(server: FakeVncServer, open: (url: string) => Promise<void>): Promise<unknown> {
  await using gateway = await startFakeGateway({ target: server, expiresInMs: 120_000 });
  await open(gateway.url);
  const session = await gateway.waitForSession();
  session.warn(60_000);
  session.end("session_terminated", "by an operator");
  const { by, code } = await session.closed;
  return { by, code };
}

export async function recording(
  server: FakeVncServer,
  file: string,
  view: (address: string) => Promise<void>,
): Promise<void> {
  await using recorder = await recordRfb({ target: server, file });
  await view(recorder.address); // the client to be recorded connects there
  await recorder.finished;

  await using player = await startVncPlayer(file, { speed: Infinity });
  await view(player.address);
}
