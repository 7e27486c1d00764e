import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { attackInSessions, scenario } from "../scenario.ts";

export const controlPings = scenario({
  name: "control-pings",
  title: "control messages `ping` without end",
  target: "sink",
  async attack(context) {
    const pings = repeated(clientFrame(OPCODE.text, JSON.stringify({ type: "ping", id: 1 })));
    return await attackInSessions(context, (socket) => flood(socket, pings));
  },
});
