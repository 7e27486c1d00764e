import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { attackInSessions, scenario } from "../scenario.ts";

export const renewals = scenario({
  name: "renewals",
  title: "control messages `renew` without end, with a valid token",
  target: "sink",
  async attack(context) {
    return await attackInSessions(context, (socket, client) => {
      const message = JSON.stringify({ type: "renew", id: 1, token: context.tokens[client] });
      flood(socket, repeated(clientFrame(OPCODE.text, message)));
    });
  },
});
