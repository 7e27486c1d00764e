import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { freePort } from "../peers/plain.ts";
import { plainTicket } from "./client.ts";
import { type LightFlood, startLightFlood } from "./light-flood.ts";

/** A proxy on ws, which checks every frame; it tells the sizes of the messages that it passed on. */
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

async function flood(server: WebSocketServer, targetPort: number): Promise<LightFlood> {
  const folder = await mkdtemp(join(tmpdir(), "curfew-bench-test-"));
  const entrance = { port: (server.address() as AddressInfo).port, ticket: plainTicket };
  const place = (command: readonly string[]): readonly string[] => command;
  const generator = await startLightFlood({ entrance, targetPort, sessions: 3, folder, place });
  onTestFinished(async () => {
    await generator.stop();
    await rm(folder, { recursive: true });
  });
  return generator;
}

test("its sessions send whole masked messages without end, and it counts what arrives", async () => {
  const targetPort = await freePort();
  const { server, sizes } = await proxy(targetPort);
  const generator = await flood(server, targetPort);
  const start = generator.arrived();
  // Every frame that it has, and the first ones again.
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
