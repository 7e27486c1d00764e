import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE, upgradeRequest } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { attackOnConnections, scenario } from "../scenario.ts";

export const afterRefusal = scenario({
  name: "after-refusal",
  title: "without a token: empty continuation frames after each refusal, again and again",
  async attack(context) {
    const frames = repeated(clientFrame(OPCODE.continuation, "", { final: false }));
    return await attackOnConnections(context, (socket) => {
      socket.write(upgradeRequest("/?token=unknown", { "Sec-WebSocket-Protocol": "curfew.v1" }));
      socket.write(clientFrame(OPCODE.text, "{", { final: false }));
      flood(socket, frames);
    });
  },
});
