import { expect, test } from "vitest";
import type { Grant } from "../tokens/grant.ts";
import { allowsRenewal } from "./admission.ts";

const grant: Grant = {
  tokenId: "1",
  type: "vnc",
  endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
  instance: "vm-1",
  name: "Web",
  user: "ada",
  access: "control",
  expiresAt: 1000,
};

test("a renewal needs the same console, user and access", () => {
  expect(allowsRenewal(grant, { ...grant, tokenId: "2", name: undefined, expiresAt: 2000 })).toBe(true);
  expect(allowsRenewal({ ...grant, user: undefined }, grant)).toBe(true);
  expect(allowsRenewal({ ...grant, access: "view" }, grant)).toBe(false);
  const others: Partial<Grant>[] = [
    { access: "view" },
    { user: "bob" },
    { user: undefined },
    { type: "serial" },
    { instance: "vm-2" },
    { instance: undefined },
    { endpoint: { type: "tcp", host: "10.0.0.5", port: 5902 } },
    { endpoint: { type: "tls", host: "10.0.0.5", port: 5901 } },
    { endpoint: { type: "unix", path: "/run/vm-1" } },
    { internalAccessPath: "/vm-2" },
  ];
  for (const other of others) expect(allowsRenewal(grant, { ...grant, ...other })).toBe(false);
});
