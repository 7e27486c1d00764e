import { expect, test } from "vitest";
import { RemoteLimits } from "../limits/remote-limits.ts";
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
