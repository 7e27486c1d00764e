import { setTimeout as delay } from "node:timers/promises";
import { closePayload } from "../support/client-frames.ts";
import { OPCODE, RawClient, upgradeRequest } from "../support/raw-client.ts";
import { frame } from "./cases.ts";
import { cut, encodeFrames, type Expected, type Frame, type Observation } from "./frames.ts";

/** How long a peer may take to close a connection, in milliseconds: a limit for what never happens. */
const MAX_MS = 10_000;

const CLOSE = encodeFrames([frame(OPCODE.close, closePayload(1000))], "client");

/** Sends a stream to a server that echoes messages, and writes down what it answers. */
export async function observeServer(
  { host, path, protocol }: { readonly host: string; readonly path: string; readonly protocol?: string },
  frames: readonly Frame[],
  expected: Expected | undefined,
  cuts: readonly number[] = [],
): Promise<Observation> {
  using client = new RawClient(host);
  client.write(upgradeRequest(path, { "Sec-WebSocket-Protocol": protocol }));
  if ((await client.status()) !== 101) throw new Error(`${host} answered ${client.head}`);
  for (const piece of cut(encodeFrames(frames, "client"), cuts)) {
    client.write(piece);
    // Each piece is to be read by itself.
    if (cuts.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const over = delay(MAX_MS, undefined, { ref: false }).then(() => client.socket.destroy());
  if (expected !== undefined) {
    const hasAll = (): boolean => dataOf(client).length >= expected.bytes && pongsOf(client).length >= expected.pongs;
    await client.until(() => hasAll() || closeOf(client) !== undefined);
    client.write(CLOSE);
  }
  await Promise.race([client.until(() => closeOf(client) !== undefined).catch(() => {}), over]);
  if (expected === undefined) client.write(CLOSE);
  return { data: dataOf(client), pongs: pongsOf(client), code: codeOf(closeOf(client)?.payload) };
}

/** The code in a close frame's payload. */
export function codeOf(payload: Buffer | undefined): number {
  return payload === undefined ? 1006 : payload.length === 0 ? 1005 : payload.readUInt16BE();
}

function dataOf({ frames }: RawClient): Buffer {
  return Buffer.concat(frames.filter(({ opcode }) => opcode <= OPCODE.binary).map(({ payload }) => payload));
}

function pongsOf({ frames }: RawClient): string[] {
  return frames.filter(({ opcode }) => opcode === OPCODE.pong).map(({ payload }) => payload.toString("hex"));
}

function closeOf({ frames }: RawClient): RawClient["frames"][number] | undefined {
  return frames.find(({ opcode }) => opcode === OPCODE.close);
}
