import { once } from "node:events";
import { upgradeRequest } from "../../support/raw-client.ts";
import { scenario } from "../scenario.ts";

const PROTOCOLS = { "Sec-WebSocket-Protocol": "curfew.v1" };

export const foreignOrigins = scenario({
  name: "foreign-origins",
  title: "without a token: upgrades from a foreign page, again and again",
  async attack({ connections, clients }) {
    const again = async (number: number): Promise<void> => {
      for (;;) {
        const socket = await connections.connect(number);
        if (socket === undefined) return;
        socket.write(upgradeRequest("/", { Origin: "https://evil.example", ...PROTOCOLS }));
        socket.once("data", () => socket.destroy());
        await once(socket, "close");
      }
    };
    return () => {
      for (let number = 0; number < clients; number += 1) void again(number);
    };
  },
});
