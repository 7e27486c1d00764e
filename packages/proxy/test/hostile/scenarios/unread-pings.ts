import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { floodUnread, repeated } from "../attacker/flood.ts";
import { attackInSessions, scenario } from "../scenario.ts";

export const unreadPings = scenario({
  name: "unread-pings",
  title: "WebSocket pings whose answers are not read",
  target: "sink",
  async attack(context) {
    const pings = repeated(clientFrame(OPCODE.ping, "x".repeat(125)));
    return await attackInSessions(context, (socket) => floodUnread(socket, pings));
  },
});
