import type { CloseReason, ServerCloseReason } from "@curfew/client";
import { NOVA, startFakeGateway, startFakeSerial, startFakeVnc } from "@curfew/testing";
import type { CloseReasonScenario } from "./scenario.ts";

/** The reasons that no gateway gives, except for `unknown`. */
type ClientCloseReason = Exclude<CloseReason, ServerCloseReason | "unknown">;

/** A scenario for every reason that the SDK finds by itself. */
export const CLIENT_SCENARIOS: Readonly<Record<ClientCloseReason, CloseReasonScenario>> = {
  client_closed: {
    type: "vnc",
    code: 1000,
    says: /You closed this console/,
    button: "Open again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc());
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target });
      await ends.connected();
      await ends.page.getByRole("button", { name: "Leave" }).click();
    },
  },
  connection_lost: {
    type: "serial",
    code: 1006,
    says: /broke and could not be restored/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeSerial());
      const gateway = await ends.startGateway();
      const { token } = await gateway.issue({ type: "serial", target, ttl: 300 });
      await ends.open("serial", () => ({ url: gateway.socketUrl, token }));
      await ends.connected();
      await gateway.stop("SIGKILL");
    },
  },
  connect_failed: {
    type: "vnc",
    code: 1006,
    says: /could not reach the gateway/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      const gateway = await ends.startGateway();
      await gateway.stop("SIGKILL");
      await ends.open("vnc", () => ({ url: gateway.socketUrl, token: "any" }));
    },
  },
  authorize_failed: {
    type: "serial",
    code: 1006,
    says: /requested access to this console, but did not get it/,
    button: "Try again",
    step: "new-access",
    cause: (ends) => ends.open("serial", () => null),
  },
  server_refused: {
    type: "serial",
    code: 1006,
    says: /gave no reason/,
    button: "Get new access",
    step: "new-access",
    cause: async (ends) => {
      const gateway = await ends.use(startFakeGateway({ ...NOVA, refuse: "token_expired" }));
      await ends.open("serial", () => ({ url: gateway.url }));
    },
  },
  access_expired: {
    type: "serial",
    code: 4101,
    says: /before it was back/,
    button: "Open again",
    step: "new-access",
    cause: async (ends) => {
      const gateway = await ends.use(startFakeGateway({ expiresInMs: null }));
      await ends.open("serial", () => ({ url: gateway.url }), { reconnects: true });
      await ends.connected();
      gateway.refuse("token_expired");
      (await gateway.waitForSession()).drop();
    },
  },
  credentials_rejected: {
    type: "vnc",
    code: 1006,
    says: /did not accept the password/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      // The page asks for no password.
      const { address: target } = await ends.use(startFakeVnc({ password: "secret" }));
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target });
    },
  },
  server_not_trusted: {
    type: "vnc",
    code: 1006,
    says: /identity, and that was not confirmed/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      // The page does not approve of the server's key.
      const { address: target } = await ends.use(startFakeVnc({ security: "ra2ne", password: "secret" }));
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target });
    },
  },
  server_unsupported: {
    type: "vnc",
    code: 1006,
    says: /requires a way to sign in or to draw/,
    button: "Try again",
    step: "operator",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc());
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target });
      await ends.connected();
      await ends.page.evaluate(() => window.view.connection.viewerFailed("a viewer's reason", "server_unsupported"));
    },
  },
  viewer_load_failed: {
    type: "vnc",
    code: 1006,
    says: /could not be loaded/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      await ends.page.route(/\/assets\/rfb-/, (route) => route.abort());
      const { address: target } = await ends.use(startFakeVnc());
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target });
    },
  },
  viewer_failed: {
    type: "vnc",
    code: 1006,
    says: /could not process/,
    button: "Try again",
    step: "reopen",
    cause: async (ends) => {
      const { address: target } = await ends.use(startFakeVnc({ faults: [{ type: "garbage", at: "version" }] }));
      await ends.openThrough(ends.sharedGateway, { type: "vnc", target });
    },
  },
};
