import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { attackInSessions, scenario } from "../scenario.ts";

export const emptyContinuations = scenario({
  name: "empty-continuations",
  title: "a control message that empty frames continue without end",
  target: "sink",
  async attack(context) {
    const frames = repeated(clientFrame(OPCODE.continuation, "", { final: false }));
    return await attackInSessions(context, (socket) => {
      socket.write(clientFrame(OPCODE.text, "{", { final: false }));
      flood(socket, frames);
    });
  },
});
