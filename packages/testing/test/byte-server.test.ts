import { seededBytes, seededHash, startByteServer } from "@curfew/testing";
import { expect, test, vi } from "vitest";
import { TcpClient } from "./tcp-client.ts";

vi.setConfig({ testTimeout: 30_000 });

const MEBIBYTE = 2 ** 20;

test("echo sends back what it receives", async () => {
  await using server = await startByteServer({ mode: "echo" });
  using client = await TcpClient.connect(server.port);
  const bytes = seededBytes(4, 3 * MEBIBYTE);
  client.write(bytes);
  await client.until(({ length }) => length === bytes.length);
  expect(client.received.equals(bytes)).toBe(true);
  expect(server.connections[0]!.bytesReceived).toBe(bytes.length);
  // The last bytes can be here before the server knows that it sent them.
  await expect.poll(() => server.connections[0]!.bytesSent).toBe(bytes.length);
});

test("sink hashes what it receives", async () => {
  await using server = await startByteServer({ mode: "sink" });
  using client = await TcpClient.connect(server.port);
  client.socket.end(seededBytes(4, MEBIBYTE));
  await server.waitForNoConnections();
  expect(server.connections[0]!.receivedHash).toBe(seededHash(4, MEBIBYTE));
});

test("source sends its seeded bytes, then FIN", async () => {
  await using server = await startByteServer({ mode: "source", seed: 42, bytes: 200_001 });
  using client = await TcpClient.connect(server.port);
  expect(await client.ended).toBe("fin");
  expect(client.received.equals(seededBytes(42, 200_001))).toBe(true);
});

test("wrong options are refused with their value", () => {
  // @ts-expect-error -- no such mode
  expect(() => startByteServer({ mode: "drain" })).toThrow('mode is "drain"; expected echo, sink or source');
  expect(() => startByteServer({ mode: "source", seed: -1 })).toThrow("seed is -1; expected an integer from 0 to");
});
