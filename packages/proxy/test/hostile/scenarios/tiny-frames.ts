import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { attackInSessions, scenario } from "../scenario.ts";

export const tinyFrames = scenario({
  name: "tiny-frames",
  title: "console bytes in frames of one byte",
  target: "sink",
  async attack(context) {
    const frames = repeated(clientFrame(OPCODE.binary, "x"));
    return await attackInSessions(context, (socket) => flood(socket, frames));
  },
});
