import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { freePort } from "@curfew/testing/real";
import { PLAIN_UPGRADE } from "./client.ts";
import { type NativeFlood, startNativeFlood } from "./native-flood.ts";

/** A proxy based on ws, which checks every frame. Collects the sizes of the relayed messages. */
async function proxy(targetPort: number): Promise<{ server: WebSocketServer; sizes: Set<number> }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "binary" });
  const sizes = new Set<number>();
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on("connection", (client) => {
    const target = connect(targetPort, "127.0.0.1");
    target.on("error", () => client.terminate());
    client.on("message", (data: Buffer) => {
      sizes.add(data.length);
      if (target.write(data)) return;
      client.pause();
      target.once("drain", () => client.resume());
    });
    client.on("close", () => target.destroy());
  });
  await once(server, "listening");
  return { server, sizes };
}

async function flood(server: WebSocketServer, targetPort: number): Promise<NativeFlood> {
  const folder = await mkdtemp(join(tmpdir(), "curfew-bench-test-"));
  const options = { port: (server.address() as AddressInfo).port, upgrade: PLAIN_UPGRADE };
  const pin = (command: readonly string[]): readonly string[] => command;
  const generator = await startNativeFlood({ connect: options, targetPort, sessions: 3, folder, pin });
  onTestFinished(async () => {
    await generator.stop();
    await rm(folder, { recursive: true });
  });
  return generator;
}

test("sessions send complete masked messages continuously, and the generator counts what arrives", async () => {
  const targetPort = await freePort();
  const { server, sizes } = await proxy(targetPort);
  const generator = await flood(server, targetPort);
  const start = generator.arrived();
  // More than all of its frames, so that it has started over.
  while (generator.arrived().bytes < start.bytes + 3 * 5 * 1024 * 1024) await delay(10);
  expect(generator.arrived().ms).toBeGreaterThan(start.ms);
  expect([...sizes]).toEqual([16 * 1024]);
});

test("a session that ends is an error", async () => {
  const targetPort = await freePort();
  const { server } = await proxy(targetPort);
  const generator = await flood(server, targetPort);
  for (const client of server.clients) client.terminate();
  await vi.waitFor(() => expect(() => generator.arrived()).toThrow("the proxy ended a session"));
});
