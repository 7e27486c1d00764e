import { floodUnread, repeated } from "../attacker/flood.ts";
import { attackOnConnections, scenario } from "../scenario.ts";

export const pipelinedRequests = scenario({
  name: "pipelined-requests",
  title: "without a token: pipelined GETs of the page whose answers are not read",
  async attack(context) {
    const requests = repeated("GET / HTTP/1.1\r\nHost: gateway.example\r\n\r\n");
    return await attackOnConnections(context, (socket) => floodUnread(socket, requests));
  },
});
