import { expect, test, vi } from "vitest";
import type { Lock } from "../tokens/lock.ts";
import { RecentEffects } from "./recent-effects.ts";
import type { SessionControl } from "./session-control.ts";

const ALL = { unavailable: [], replaced: [] };
const COMMAND = { reason: "session_terminated", detail: "" } as const;
const LOCK: Lock = { id: "L", subject: "token", value: "t", message: undefined, createdAt: 1 };

/** Sessions that end once: the first order ends three of them. */
function sessions(): RecentEffects {
  let left = 3;
  const end = (): number => [left, (left = 0)][0] ?? 0;
  return new RecentEffects({
    end: async () => ({ ended: end(), ...ALL }),
    lock: async () => {
      const ended = end();
      return { ended, expiresAt: ended === 0 ? undefined : 5000, ...ALL };
    },
  } as Partial<SessionControl> as SessionControl);
}

test("who asks after the gateway has read it in the store is told what ended then", async () => {
  const locked = sessions();
  void locked.lock(LOCK);
  expect(await locked.lock(LOCK)).toEqual({ ended: 3, expiresAt: 5000, ...ALL });
  const revoked = sessions();
  void revoked.end({ by: "token", tokenId: "t" }, COMMAND);
  expect(await revoked.end({ by: "token", tokenId: "t" }, COMMAND)).toEqual({ ended: 3, ...ALL });
});

test("another order has its own effect: a later lock, another token, a later time", async () => {
  using clock = vi.spyOn(performance, "now").mockReturnValue(1000);
  const own = sessions();
  await own.lock(LOCK);
  expect((await own.lock({ ...LOCK, createdAt: 2 })).ended).toBe(0);
  await own.end({ by: "token", tokenId: "t" }, COMMAND);
  expect((await own.end({ by: "token", tokenId: "u" }, COMMAND)).ended).toBe(0);
  expect((await own.lock(LOCK)).ended).toBe(3);
  clock.mockReturnValue(3001);
  expect((await own.lock(LOCK)).ended).toBe(0);
});

test("what fails has no effect, and orders without end are not all remembered", async () => {
  let fails = true;
  const own = new RecentEffects({
    end: async () => {
      if (fails) throw new Error("it hangs");
      return { ended: 1, ...ALL };
    },
  } as Partial<SessionControl> as SessionControl);
  const first = { by: "token", tokenId: "first" } as const;
  await expect(own.end(first, COMMAND)).rejects.toThrow("it hangs");
  fails = false;
  expect((await own.end(first, COMMAND)).ended).toBe(1);
  expect((await own.end(first, COMMAND)).ended).toBe(2);
  for (let other = 0; other < 1000; other += 1) await own.end({ by: "token", tokenId: String(other) }, COMMAND);
  expect((await own.end(first, COMMAND)).ended).toBe(1);
});
