import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { attackInSessions, scenario } from "../scenario.ts";

export const pingFlood = scenario({
  name: "ping-flood",
  title: "WebSocket pings without end",
  target: "sink",
  async attack(context) {
    const pings = repeated(clientFrame(OPCODE.ping, "are you there?"));
    return await attackInSessions(context, (socket) => flood(socket, pings));
  },
});
