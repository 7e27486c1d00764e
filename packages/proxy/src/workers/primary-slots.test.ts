import { expect, test } from "vitest";
import { RemoteLimits } from "../limits/remote-limits.ts";
import { ANSWER_MS } from "./ipc-channel.ts";
import type { PrimaryChannel } from "./messages.ts";
import { primarySlots } from "./primary-slots.ts";

test("for a session that leaves before users are asked, none is asked", async () => {
  const sent: string[] = [];
  const session = new AbortController();
  const primary = {
    ask: async ({ type }: { readonly type: string }) => {
      sent.push(type);
      session.abort();
      return "ask";
    },
    tell: ({ type }: { readonly type: string }) => sent.push(type),
  } as unknown as PrimaryChannel;
  const limits = new RemoteLimits(primarySlots(primary), { refused: () => {} }, false);
  const request = { session: "s", client: "192.0.2.1", token: "t", instance: "vm-1", user: undefined };
  await expect(limits.acquire(request, session.signal, () => {})).rejects.toMatchObject({ reason: "server_busy" });
  expect(sent).toEqual(["acquire", "release"]);
});

test("a session waits longer for its slot than the primary for a worker that may hang", async () => {
  const waits: number[] = [];
  const ask = async (_request: unknown, timeoutMs = ANSWER_MS): Promise<null> => {
    waits.push(timeoutMs);
    return null;
  };
  const slots = primarySlots({ ask } as unknown as PrimaryChannel);
  const lease = { id: "l", session: "s", client: "192.0.2.1", token: "t", instance: "vm-1", user: undefined };
  await slots.acquire(lease);
  await slots.acquireByAsking(lease);
  for (const wait of waits) expect(wait).toBeGreaterThan(2 * ANSWER_MS);
  expect(waits).toHaveLength(2);
});
