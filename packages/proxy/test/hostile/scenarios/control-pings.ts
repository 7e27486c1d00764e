import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { openSessions, scenario } from "../scenario.ts";

export const controlPings = scenario({
  name: "control-pings",
  title: "control messages `ping` without end",
  target: "sink",
  async attack(context) {
    const sockets = await openSessions(context);
    const pings = repeated(clientFrame(OPCODE.text, JSON.stringify({ type: "ping", id: 1 })));
    return () => sockets.forEach((socket) => flood(socket, pings));
  },
});
