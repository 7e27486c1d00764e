import { flood, repeated } from "../attacker/flood.ts";
import { attackOnConnections, scenario } from "../scenario.ts";

export const headRequests = scenario({
  name: "head-requests",
  title: "without a token: HEAD of the page without end",
  async attack(context) {
    const requests = repeated("HEAD / HTTP/1.1\r\nHost: gateway.example\r\n\r\n");
    return await attackOnConnections(context, (socket) => flood(socket, requests));
  },
});
