import type { ClientFilter } from "../../../src/consoles/client-filter.ts";
import { CONSOLES } from "../../../src/consoles/index.ts";
import { EndError } from "../../../src/end-reason.ts";
import { picturesOnly, RFB_SERVERS } from "../../view-only/rfb-server.ts";
import { pieces, pureTarget } from "../target.ts";

const NOTHING = Buffer.alloc(0);

/** Messages of viewers: about the picture, and input of all kinds. */
const MESSAGES = [
  [0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
  [2, 0, 0, 2, 0, 0, 0, 16, 0xff, 0xff, 0xfe, 0xc4],
  [3, 1, 0, 0, 0, 0, 2, 0, 1, 0],
  [4, 1, 0, 0, 0, 0, 0, 97],
  [5, 1, 0, 9, 0, 9],
  [6, 0, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4],
  [7, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2],
  [11, 0, 0, 0, 0, 0, 0, 1, 65],
  [127, 0, 0, 10, 1, 2, 3, 4, 5, 6],
  [133, 0, 0, 9, 0, 2, 1, 2],
  [248, 0, 0, 0, 0, 0, 0, 1, 8, 4, 1, 0, 0, 0, 0, 0, 97],
  [251, 0, 4, 0, 3, 0, 0, 0],
  [253, 0x80, 0, 2, 1, 2],
  [255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30],
].map((message) => Buffer.from(message));

/** Feeds a filter with what the server and the viewer send, in pieces by turns. */
function passedBy(filter: ClientFilter, server: readonly Buffer[], viewer: readonly Buffer[]): [Buffer, string] {
  const passed: Buffer[] = [];
  try {
    for (let turn = 0; turn < Math.max(server.length, viewer.length); turn += 1) {
      if (filter.takeFromTarget?.(server[turn] ?? NOTHING) === true) passed.push(Buffer.from(filter.filter(NOTHING)));
      passed.push(Buffer.from(filter.filter(Buffer.from(viewer[turn] ?? NOTHING))));
    }
  } catch (error) {
    if (!(error instanceof EndError) || !["protocol_error", "forbidden"].includes(error.reason)) throw error;
    return [Buffer.concat(passed), error.reason];
  }
  return [Buffer.concat(passed), "passed"];
}

/** Where the handshake of what reached the server ends; that of another viewer ends elsewhere. */
function behindHandshake(reached: Buffer, viewer: Buffer): Buffer | undefined {
  const isTheSame = reached.subarray(0, viewer.length).equals(viewer);
  return isTheSame ? reached.subarray(viewer.length) : undefined;
}

/** View-only access to a VNC console: the first byte of an input is a kind of server, and a viewer's stream follows. */
export const viewOnlyRfb = pureTarget(
  "view-only-rfb",
  RFB_SERVERS.flatMap(({ viewer }, index) => [
    Buffer.concat([Buffer.of(index), viewer, ...MESSAGES]),
    ...MESSAGES.map((message) => Buffer.concat([Buffer.of(index), viewer, message])),
  ]),
  (input, cuts) => {
    const server = RFB_SERVERS[(input[0] ?? 0) % RFB_SERVERS.length];
    if (server === undefined) throw new Error("there are no servers");
    const create = (): ClientFilter => CONSOLES.vnc.createFilter?.({ access: "view" }) as ClientFilter;
    const stream = input.subarray(1);
    // More may not wait for a server that is late, so there it does matter.
    if (stream.length > 8000) return "long";
    const [whole, end] = passedBy(create(), [server.sends], [stream]);
    const [reached, sameEnd] = passedBy(create(), pieces(server.sends, cuts), pieces(stream, cuts));
    // A piece that is refused does not pass, nor does what was whole in it.
    if (end !== sameEnd || (end === "passed" && !reached.equals(whole))) throw new Error("it matters where it is cut");
    const messages = behindHandshake(reached, server.viewer);
    return `${end} ${messages === undefined ? reached.length : [...new Set(picturesOnly(messages))].join()}`;
  },
);
