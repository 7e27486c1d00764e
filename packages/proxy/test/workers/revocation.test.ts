import { startByteServer } from "@curfew/testing";
import type { Worker } from "node:cluster";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { parseConfig } from "../../src/config/schema.ts";
import { SqliteTokenStore } from "../../src/tokens/sqlite.ts";
import { runWorker } from "../../src/workers/worker.ts";
import { parseAddress } from "../../src/config/address.ts";
import { Client } from "../support/client.ts";

interface Sent {
  readonly kind: string;
  readonly id: number;
  readonly request: { readonly type: string; readonly url?: string };
}

/** A worker's side of its connection to a primary that is the test. */
class FakeWorker extends EventEmitter {
  readonly process = { pid: process.pid };
  readonly sent: Sent[] = [];
  send(message: Sent): void {
    this.sent.push(message);
    this.emit("sent");
  }
  isConnected(): boolean {
    return true;
  }
  disconnect(): void {
    this.emit("left");
  }
  /** The first request of a type. */
  async request(type: string): Promise<Sent> {
    for (;;) {
      const found = this.sent.find(({ kind, request }) => kind === "request" && request.type === type);
      if (found !== undefined) return found;
      await new Promise((resolve) => this.once("sent", resolve));
    }
  }
}

test("a revocation that comes right behind the answer to a lookup ends the session", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const store = new SqliteTokenStore(":memory:");
  const { token, record } = await store.issue({ type: "vnc", target: parseAddress(target.address), ttlMs: 60_000 });
  const worker = new FakeWorker();
  void runWorker(worker as unknown as Worker);
  const config = parseConfig({ listen: "127.0.0.1:0", tokens: { path: ":memory:" }, log: { level: "silent" } });
  worker.emit("message", { kind: "answer", id: (await worker.request("settings")).id, answer: config });
  const { url = "" } = (await worker.request("listening")).request;

  using client = new Client(url, token);
  const { id } = await worker.request("resolve");
  const selection = { by: "token", tokenId: record.tokenId };
  const request = { type: "end", selection, reason: "session_terminated", detail: "the token was revoked" };
  worker.emit("message", { kind: "answer", id, answer: record });
  worker.emit("message", { kind: "request", id: 1, request });
  expect(await client.closed).toEqual({ code: 4005, reason: "session_terminated" });

  const left = new Promise((resolve) => worker.once("left", resolve));
  worker.emit("message", { kind: "request", id: 0, request: { type: "drain", timeoutMs: 0 } });
  await left;
  await store.close();
});
