import { startByteServer } from "@curfew/testing";
import { expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";

test("a client is told that it may only look, and nothing that it sends to a serial console arrives", async () => {
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address, { access: "view" });
  using viewer = new Client(gateway.host, token);
  expect(await viewer.message("hello")).toMatchObject({ access: "view" });
  viewer.socket.send(Buffer.from("reboot\n"));
  const { token: other } = await gateway.token(target.address);
  using user = new Client(gateway.host, other);
  expect(await user.message("hello")).not.toHaveProperty("access");
  user.socket.send(Buffer.from("ls\n"));
  await user.bytes(3);
  expect(viewer.received).toBe(0);
  expect(gateway.proxy.sessions.list().map(({ bytes }) => bytes.toTarget)).toEqual(expect.arrayContaining([0, 3]));
});
