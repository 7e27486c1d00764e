import { describe, expect, test, vi } from "vitest";
import { EndError } from "../end-reason.ts";
import type { Lease } from "../limits/lease.ts";
import type { SettledGrant } from "../tokens/lookups.ts";
import { admitRenewal, confirmRenewal, type RenewedSession } from "./entry.ts";

const grant: SettledGrant = {
  tokenId: "1",
  type: "vnc",
  endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
  instance: "vm-1",
  name: "Web",
  user: "ada",
  access: "control",
  expiresAt: 1000,
};
const next: SettledGrant = { ...grant, tokenId: "2", expiresAt: 2000 };

const session = { id: "s", clientAddress: "192.0.2.1", grant, phase: "running", mayPass: () => true } as const;

function createLease(): { release: () => void; lease: Lease } {
  const release = vi.fn<() => void>();
  return { release, lease: { id: "l", release } };
}

describe("the slot of a renewal is free again", () => {
  test("when its token turns out to be used up", async () => {
    const { lease, release } = createLease();
    const used = new EndError("token_invalid", "the token was used already");
    const context = {
      events: { ask: async () => {} },
      limits: { acquire: () => lease },
      lookups: { refuseUsed: async () => {}, use: async () => await Promise.reject(used) },
    } as unknown as Parameters<typeof admitRenewal>[2];
    const renewing = admitRenewal(
      session as unknown as Parameters<typeof admitRenewal>[0],
      Promise.resolve(next),
      context,
      new AbortController().signal,
    );
    await expect(renewing).rejects.toBe(used);
    expect(release).toHaveBeenCalledOnce();
  });

  test.each([
    ["the session has ended meanwhile", { phase: "ended" }, 1500],
    ["its token has expired meanwhile", {}, 2000],
  ] as const)("when %s", (_what, change, now) => {
    const { lease, release } = createLease();
    const context = { withdrawn: { refuse: () => {} }, clock: { wall: () => now } };
    const renewed = { ...session, ...change } as unknown as RenewedSession;
    expect(() =>
      confirmRenewal(
        renewed,
        { grant: next, lease },
        undefined,
        context as unknown as Parameters<typeof confirmRenewal>[3],
      ),
    ).toThrow(EndError);
    expect(release).toHaveBeenCalledOnce();
  });
});
