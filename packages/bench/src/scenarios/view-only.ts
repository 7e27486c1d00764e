import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { flood } from "../load/flood.ts";
import { RfbTarget } from "../load/rfb-target.ts";
import { closeSessions, type Session } from "../load/session.ts";
import { GIB } from "../machine/units.ts";
import { startCurfew } from "../subjects/curfew.ts";
import type { RunningSubject } from "../subjects/subject.ts";
import { sampleLoad } from "./sample-load.ts";
import { gatewayOnly, type Scenario, type ScenarioContext } from "./scenario.ts";
import type { Direction } from "./throughput.ts";

const SESSIONS = 8;
const BLOCK_BYTES = 64 * 1024;

/** FramebufferUpdateRequest (RFC 6143, section 7.5.3), which a filter passes; many in a WebSocket message of 16,000 bytes. */
const REQUESTS = Buffer.concat(Array<Buffer>(1600).fill(Buffer.from("030100000000028001e0", "hex")));

const DOWNLOAD: Direction = {
  send: ({ target }) => flood(target, randomBytes(BLOCK_BYTES)),
  receive({ client }, arrived) {
    client.onPayload = (bytes) => arrived(bytes.length);
  },
};

const UPLOAD: Direction = {
  send: ({ client }) => flood(client.socket, client.encode(REQUESTS)),
  receive({ target }, arrived) {
    target.on("data", (bytes) => arrived(bytes.length));
  },
};

/** What it costs that the gateway enforces view-only access. */
export const viewOnly: Scenario = {
  id: "view-only",
  title: `View-only access to VNC consoles beside full access, ${SESSIONS} sessions`,
  method:
    "The same load through sessions whose token has the access `control`, which are not filtered, and then `view`: each " +
    "target writes 64 KiB blocks, and then each client sends requests for updates, 1,600 in a message, as fast as they are " +
    "accepted. The filter passes all of it.",
  figures: [
    { id: "down", title: "to the client, CPU s/GiB", digits: 3 },
    { id: "downView", title: "filtered", digits: 3 },
    { id: "downRatio", title: "× unfiltered", digits: 2 },
    { id: "up", title: "to the target, CPU s/GiB", digits: 3 },
    { id: "upView", title: "filtered", digits: 3 },
    { id: "upRatio", title: "× unfiltered", digits: 2 },
  ],
  appliesTo: gatewayOnly,
  async run(context) {
    const target = await RfbTarget.listen();
    const gateway = await startCurfew(target.endpoint, await mkdtemp(join(context.folder, "view-only-")), {});
    try {
      const cost = async (access: "control" | "view", direction: Direction): Promise<CpuCost> =>
        await measure({ ...context, subject: gateway }, target, access, direction);
      const [down, downView] = [await cost("control", DOWNLOAD), await cost("view", DOWNLOAD)];
      const [up, upView] = [await cost("control", UPLOAD), await cost("view", UPLOAD)];
      return {
        values: {
          down: down.perGib,
          downView: downView.perGib,
          downRatio: downView.perGib / down.perGib,
          up: up.perGib,
          upView: upView.perGib,
          upRatio: upView.perGib / up.perGib,
        },
        otherLoad: Math.max(...[down, downView, up, upView].map(({ otherLoad }) => otherLoad)),
      };
    } finally {
      await gateway.stop();
      await target.close();
    }
  },
};

interface CpuCost {
  /** CPU seconds of the gateway per GiB. */
  readonly perGib: number;
  readonly otherLoad: number;
}

async function measure(
  context: Pick<ScenarioContext, "effort"> & { readonly subject: RunningSubject },
  target: RfbTarget,
  access: "control" | "view",
  { send, receive }: Direction,
): Promise<CpuCost> {
  const sessions: Session[] = [];
  for (const options of await context.subject.connectOptions(SESSIONS, undefined, access)) {
    sessions.push(await target.open(options));
  }
  let received = 0;
  for (const session of sessions) {
    receive(session, (bytes) => {
      received += bytes;
    });
  }
  const stops = sessions.map(send);
  const { proxyCpu, otherLoad } = await sampleLoad(context, () => {
    received = 0;
  });
  const bytes = received;
  for (const stop of stops) stop();
  await closeSessions(sessions);
  return { perGib: proxyCpu / (bytes / GIB), otherLoad };
}
