import type { FuzzTarget } from "../target.ts";
import { adminBodies } from "./admin-bodies.ts";
import { controlMessages } from "./control-messages.ts";
import { forwarding } from "./forwarding.ts";
import { httpUpgrade } from "./http-upgrade.ts";
import { rfbClientStream } from "./rfb-client-stream.ts";
import { targetHandshakes } from "./target-handshakes.ts";
import { tokenValues } from "./token-values.ts";
import { viewOnlyRfb } from "./view-only-rfb.ts";
import { viewOnlySpice } from "./view-only-spice.ts";
import { websocketFrames } from "./websocket-frames.ts";
import { yaml } from "./yaml.ts";

/** All targets. */
export const TARGETS: readonly FuzzTarget[] = [
  forwarding,
  httpUpgrade,
  targetHandshakes,
  websocketFrames,
  controlMessages,
  rfbClientStream,
  viewOnlyRfb,
  viewOnlySpice,
  adminBodies,
  tokenValues,
  yaml,
];
