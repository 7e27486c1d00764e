import { once } from "node:events";
import type { CloseReason } from "@curfew/client";
import { startFakeSerial, startFakeVnc, startUnacceptingServer } from "@curfew/testing";
import { expect } from "@playwright/test";
import { CLIENT_SCENARIOS } from "./client-close-reasons.ts";
import { scripted, type CloseReasonScenario } from "./scenario.ts";

/** A scenario for every reason: leaving one out does not compile. They use a real gateway unless stated otherwise. */
export const closeReasonScenarios: Readonly<Record<CloseReason, CloseReasonScenario>> = {
  session_expired: {
    type: "vnc",
    code: 4100,
    says: /limited in time, and that time is over/,
    button: "Open again",
    step: "new-access",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc());
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target, ttl: 12 });
      await ends.connected();
    },
  },
  token_expired: {
    type: "serial",
    code: 4101,
    says: /valid for a limited time/,
    button: "Get new access",
    step: "new-access",
    cause: async (ends) => {
      const gateway = ends.sharedGateway;
      const { token, expiresAt } = await gateway.issue({ type: "serial", target: "127.0.0.1:9", ttl: 1 });
      await expect.poll(() => Date.now()).toBeGreaterThan(expiresAt);
      await ends.open("serial", () => ({ url: gateway.socketUrl, token }));
    },
  },
  token_invalid: {
    type: "vnc",
    code: 4102,
    says: /does not know this link/,
    button: "Get new access",
    step: "new-access",
    cause: async (ends) => {
      const gateway = ends.sharedGateway;
      await ends.open("vnc", () => ({ url: gateway.socketUrl, token: "wrong" }));
    },
  },
  console_moved: {
    type: "serial",
    code: 4103,
    says: /no longer where this link leads/,
    button: "Open again",
    step: "new-access",
    cause: scripted((session) => session.end("console_moved")),
  },
  instance_deleted: {
    type: "serial",
    code: 4009,
    says: /machine of this console was deleted/,
    button: "Try again",
    step: "none",
    cause: scripted((session) => session.end("instance_deleted")),
  },
  session_terminated: {
    type: "serial",
    code: 4005,
    says: /operator ended this session/,
    button: "Open again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeSerial());
      const gateway = ends.sharedGateway;
      await ends.openThrough(gateway, { type: "serial", target, instance: "vm-terminated" });
      await ends.connected();
      await gateway.admin.endSession((await gateway.sessionOf("vm-terminated")).id);
    },
  },
  session_replaced: {
    type: "vnc",
    code: 4006,
    says: /Another session took over/,
    button: "Open here again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc());
      const gateway = await ends.startGateway({ sessions: { max_per_instance: 1, on_limit: "replace" } });
      const request = { type: "vnc", target, instance: "vm-1" } as const;
      await ends.openThrough(gateway, request);
      await ends.connected();
      const { token } = await gateway.issue({ ...request, ttl: 300 });
      const other = new WebSocket(`${gateway.socketUrl}/?token=${token}`);
      await once(other, "open");
      await expect(ends.end).toBeVisible();
      other.close();
    },
  },
  takeover_denied: {
    type: "vnc",
    code: 4012,
    says: /did not let you take it over/,
    button: "Ask again",
    step: "reopen",
    cause: scripted((session) => session.end("takeover_denied")),
  },
  idle_timeout: {
    type: "serial",
    code: 4007,
    says: /no typing, pointer movement or pasting/,
    button: "Open again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeSerial());
      await ends.openThrough(await ends.startGateway({ sessions: { idle_timeout: 1 } }), { type: "serial", target });
    },
  },
  forbidden: {
    type: "vnc",
    code: 4003,
    says: /rules do not allow/,
    button: "Try again",
    step: "operator",
    cause: async (ends) => {
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target: ends.sharedGateway.forbiddenTarget });
    },
  },
  origin_not_allowed: {
    type: "serial",
    code: 4008,
    says: /only accepts the sites that its operator has listed/,
    button: "Try again",
    step: "operator",
    cause: async (ends) => {
      const gateway = await ends.startGateway({}, []);
      await ends.openThrough(gateway, { type: "serial", target: "127.0.0.1:9" });
    },
  },
  target_not_found: {
    type: "serial",
    code: 4004,
    says: /nothing at the address/,
    button: "Try again",
    step: "operator",
    cause: async (ends) => {
      // A label of more than 63 characters fails without a query, and .invalid never resolves (RFC 6761).
      await ends.openThrough(ends.sharedGateway, { type: "serial", target: `${"x".repeat(64)}.invalid:5900` });
    },
  },
  target_untrusted: {
    type: "serial",
    code: 4010,
    says: /could not verify the certificate/,
    button: "Try again",
    step: "operator",
    cause: scripted((session) => session.end("target_untrusted")),
  },
  target_security_failed: {
    type: "vnc",
    code: 4011,
    says: /did not agree on how to connect/,
    button: "Try again",
    step: "operator",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc({ password: "secret" }));
      await ends.openThrough(await ends.startGateway({ vnc: { auth_schemes: ["none"] } }), { type: "vnc", target });
    },
  },
  target_unreachable: {
    type: "vnc",
    code: 4202,
    says: /could not connect to the machine/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc({ faults: [{ type: "refuse" }] }));
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target });
    },
  },
  target_closed: {
    type: "serial",
    code: 4203,
    says: /switched off, restarted or moved/,
    button: "Open again",
    step: "reopen",
    cause: async (ends) => {
      const machine = await ends.use(startFakeSerial());
      await ends.openThrough(ends.sharedGateway, { type: "serial", target: machine.address });
      await ends.connected();
      (await machine.waitForConnection()).end();
    },
  },
  target_timeout: {
    type: "vnc",
    code: 4204,
    says: /no answer came in time/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startUnacceptingServer());
      await ends.openThrough(await ends.startGateway({ targets: { connect_timeout: 0.2 } }), { type: "vnc", target });
    },
  },
  server_draining: {
    type: "vnc",
    code: 4200,
    says: /closed its sessions to shut down/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc());
      const gateway = await ends.startGateway({ sessions: { drain_timeout: 0 } });
      const { token } = await gateway.issue({ type: "vnc", target, ttl: 300 });
      await ends.open("vnc", () => ({ url: gateway.socketUrl, token }));
      await ends.connected();
      await gateway.stop("SIGTERM");
    },
  },
  server_busy: {
    type: "serial",
    code: 4201,
    says: /reached a limit/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeSerial());
      const gateway = await ends.startGateway({ sessions: { max: 1 } });
      const { token } = await gateway.issue({ type: "serial", target, ttl: 300 });
      const other = new WebSocket(`${gateway.socketUrl}/?token=${token}`);
      await once(other, "open");
      await expect.poll(async () => (await gateway.admin.listSessions()).sessions).toHaveLength(1);
      await ends.openThrough(gateway, { type: "serial", target });
      await expect(ends.end).toBeVisible();
      other.close();
    },
  },
  lookup_failed: {
    type: "serial",
    code: 4205,
    says: /does not respond at the moment/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      // The discard port, at which nothing listens.
      const sources = [{ type: "http" as const, url: "http://127.0.0.1:9/" }];
      const gateway = await ends.startGateway({ tokens: { sources } });
      await ends.open("serial", () => ({ url: gateway.socketUrl, token: "unknown" }));
    },
  },
  internal_error: {
    type: "serial",
    code: 4299,
    says: /not caused by anything you did/,
    button: "Try again",
    step: "reopen",
    cause: scripted((session) => session.end("internal_error")),
  },
  protocol_error: {
    type: "serial",
    code: 4000,
    says: /could not read/,
    button: "Try again",
    step: "operator",
    cause: scripted((session) => session.end("protocol_error")),
  },
  unknown: {
    type: "serial",
    code: 4321,
    says: /reason that this page does not know/,
    button: "Open again",
    step: "reopen",
    cause: scripted((session) => session.close(4321, "of a later version")),
  },
  ...CLIENT_SCENARIOS,
};
