import { clientFrame } from "../../support/client-frames.ts";
import { OPCODE, upgradeRequest } from "../../support/raw-client.ts";
import { flood, repeated } from "../attacker/flood.ts";
import { scenario } from "../scenario.ts";

export const afterRefusal = scenario({
  name: "after-refusal",
  title: "without a token: empty continuation frames after each refusal, again and again",
  async attack({ connections, clients }) {
    const frames = repeated(clientFrame(OPCODE.continuation, "", { final: false }));
    const again = async (number: number): Promise<void> => {
      for (;;) {
        const socket = await connections.connect(number);
        if (socket === undefined) return;
        socket.write(upgradeRequest("/?token=unknown", { "Sec-WebSocket-Protocol": "curfew.v1" }));
        socket.write(clientFrame(OPCODE.text, "{", { final: false }));
        flood(socket, frames);
        socket.once("end", () => socket.destroy());
        await new Promise((resolve) => socket.once("close", resolve));
      }
    };
    return () => {
      for (let number = 0; number < clients; number += 1) void again(number);
    };
  },
});
