import { upgradeRequest } from "../../support/raw-client.ts";
import { scenario } from "../scenario.ts";

const RECONNECTS_PER_SECOND = 40;

export const reconnectsWhileDraining = scenario({
  name: "reconnects-while-draining",
  title: "without a token: 40 reconnects a second while the gateway drains",
  drains: true,
  async attack({ connections, clients }) {
    let number = 0;
    const connect = async (): Promise<void> => {
      const socket = await connections.connect((number += 1));
      // The close frame is not answered, so each takes as long as the gateway waits for that.
      socket?.resume().write(upgradeRequest("/?token=unknown", { "Sec-WebSocket-Protocol": "curfew.v1" }));
    };
    return () => void setInterval(() => void connect(), 1000 / RECONNECTS_PER_SECOND / clients);
  },
});

export const reconnectsWhileWorkersDrain = scenario({
  ...reconnectsWhileDraining,
  name: "reconnects-while-workers-drain",
  title: "the same, to two workers",
  options: { WORKERS: "2" },
});
