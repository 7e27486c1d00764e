import { type ByteServer, startByteServer } from "@curfew/testing";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEndpoint } from "../src/net/endpoint.ts";
import { Client } from "./support/client.ts";
import type { Requests } from "./support/gateway-process.ts";

/** How much larger the heap may be after 400 more sessions: about 2.5 KiB for each of them. */
const TOLERANCE_BYTES = 2 ** 20;
/** Sessions of each kind in one round; with eleven kinds a round is more than 200. */
const EACH = 19;

let child: ChildProcess;
let host: string;
let echo: ByteServer;
let flood: ByteServer;
let refusing: ByteServer;

const answers = new Map<number, (answer: never) => void>();
let lastId = 0;
async function ask<Name extends keyof Requests>(
  name: Name,
  ...argument: Parameters<Requests[Name]>
): Promise<Awaited<ReturnType<Requests[Name]>>> {
  lastId += 1;
  const id = lastId;
  child.send({ id, name, argument: argument[0] });
  return await new Promise<never>((resolve) => answers.set(id, resolve));
}

async function open(target: string, ttlMs = 60_000, wait = true): Promise<Client> {
  const token = await ask("token", { type: "serial", endpoint: parseEndpoint(target), ttlMs });
  const client = new Client(host, token);
  if (wait) await client.message("hello");
  return client;
}

/** Opens sessions one after the other, does something with them at once, and waits until all have ended. */
async function several(make: () => Promise<Client>, act: (client: Client) => void): Promise<void> {
  const clients: Client[] = [];
  for (let count = 0; count < EACH; count += 1) clients.push(await make());
  for (const client of clients) act(client);
  await Promise.all(clients.map(({ closed }) => closed));
}

const nothing = (): void => {};
const ways: Record<string, () => Promise<void>> = {
  "the client closes": () =>
    several(
      () => open(echo.address),
      ({ socket }) => socket.close(1000),
    ),
  "the client resets": () =>
    several(
      () => open(echo.address),
      ({ socket }) => socket.terminate(),
    ),
  "the target ends": () => several(() => openOnTarget(), endTargets("end")),
  "the target resets": () => several(() => openOnTarget(), endTargets("reset")),
  "the deadline comes": () => several(() => open(echo.address, 400, false), nothing),
  "an operator ends them": async () => {
    let asked = false;
    await several(
      () => open(echo.address),
      () => {
        if (!asked) void ask("endAll", "session_terminated");
        asked = true;
      },
    );
  },
  "the token is refused": () => several(async () => new Client(host, "nonsense"), nothing),
  "the target is refused": () => several(() => open("192.0.2.1:5900", 60_000, false), nothing),
  "dialing is refused": () => several(() => open(refusing.address, 60_000, false), nothing),
  "the client breaks the protocol": () =>
    several(
      () => open(echo.address),
      (client) => client.control("{"),
    ),
  "the client stalls until the deadline": () =>
    several(async () => {
      const client = await open(flood.address, 700, false);
      client.socket.once("open", () => {
        client.socket.pause();
        setTimeout(() => client.socket.resume(), 900);
      });
      return client;
    }, nothing),
};

/** The gateway may have connected to a target that has not accepted yet, and so cannot end the connection. */
async function openOnTarget(): Promise<Client> {
  const number = echo.connections.length;
  const client = await open(echo.address);
  await echo.waitForConnection(number);
  return client;
}

function endTargets(how: "end" | "reset"): () => void {
  return () => {
    for (const connection of echo.connections) if (connection.open) connection[how]();
  };
}

async function round(): Promise<void> {
  for (const way of Object.values(ways)) await way();
}

beforeAll(async () => {
  [echo, flood, refusing] = await Promise.all([
    startByteServer({ mode: "echo" }),
    startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] }),
    startByteServer({ mode: "sink", faults: [{ type: "refuse" }] }),
  ]);
  child = fork(fileURLToPath(new URL("support/gateway-process.ts", import.meta.url)), {
    execArgv: ["--conditions=@curfew/source", "--expose-gc"],
  });
  child.on("message", ({ id, answer }: { id: number; answer: never }) => answers.get(id)?.(answer));
  host = await ask("host");
});
afterAll(async () => {
  if (child.exitCode === null) child.kill("SIGKILL");
  await Promise.all([echo.close(), flood.close(), refusing.close()]);
});

describe("rule 7: nothing outlives a session", () => {
  test.each(Object.keys(ways))("no socket, timer, listener or entry is left when %s", async (name) => {
    const before = await ask("holdings");
    await ways[name]?.();
    expect(await ask("holdings")).toEqual(before);
    expect(before).toMatchObject({ sessions: 0, closing: 0, deadlines: 0 });
  });

  test("memory is back at the start after hundreds of sessions of every kind", async () => {
    await round();
    const [before, holdings] = [await ask("heapUsed"), await ask("holdings")];
    for (let rounds = 0; rounds < 2; rounds += 1) await round();
    expect(await ask("holdings")).toEqual(holdings);
    expect((await ask("heapUsed")) - before).toBeLessThan(TOLERANCE_BYTES);
  });

  test("a drain ends the sessions, and the process then exits by itself", async () => {
    const clients: Client[] = [];
    for (let count = 0; count < EACH; count += 1) clients.push(await open(echo.address));
    const ends = Promise.all(clients.map(({ closed }) => closed));
    await ask("drain");
    expect(new Set((await ends).map(({ reason }) => reason))).toEqual(new Set(["server_draining"]));
    expect(await ask("holdings")).toMatchObject({ sessions: 0, closing: 0, deadlines: 0 });
    const exited = once(child, "exit");
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });
});
