import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { RequestOrder } from "./request-order.ts";

test("of thousands of requests in one segment no more are made than may be unanswered, and one", async () => {
  const order = new RequestOrder();
  let made = 0;
  const server = createServer((request, response) => {
    made += 1;
    order.accepts(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: gateway.example\r\n\r\n".repeat(1000));
  await once(socket, "close");
  expect(made).toBe(5);
  server.close();
});
