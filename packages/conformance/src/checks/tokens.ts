import assert from "node:assert/strict";
import { BOTH, type ObservableCheck } from "../check.ts";
import { byToken } from "../lab/lab.ts";

const NO_FRAME = "answers 101 and then ends TCP without a close frame, before it dials";

/** Which tokens open a console, and where they are found. */
export const TOKEN_CHECKS: readonly ObservableCheck[] = [
  {
    id: "test_new_websocket_client_db",
    title: "A token whose row is valid opens the console that the row names.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    run: async (lab) => void (await lab.open()),
  },
  {
    id: "test_new_websocket_client_db_instance_not_found",
    title: "A token whose instance is deleted opens nothing, and nothing is dialed.",
    nova: NO_FRAME,
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const target = await lab.target();
      const row = await lab.issue(target);
      await lab.deleteInstance(row);
      await lab.refuseAt(target, byToken(row));
    },
  },
  {
    id: "test_new_websocket_client_token_invalid",
    title: "An unknown token, an empty one and none open nothing.",
    nova: NO_FRAME,
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      for (const token of ["XXX", "", undefined]) {
        const { code } = await lab.connect({ token }).closed;
        assert.notEqual(code, 1000, `the token ${token} ended as a console that closed`);
      }
    },
  },
  {
    id: "token_case",
    title: "A token is compared exactly: in capitals, or with a line break behind it, it opens nothing.",
    nova: NO_FRAME,
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      await lab.refuse({}, ({ token }) => ({ token: token.toUpperCase() }));
      await lab.refuse({}, ({ token }) => ({ token: `${token}\n` }));
    },
  },
  {
    id: "expiry_boundary",
    title: "A token opens consoles until the second `expires` begins, and none from then on.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const target = await lab.target();
      const row = await lab.issue(target, { expires: lab.soon() });
      const early = lab.connect(byToken(row));
      await target.accepted;
      await lab.until(row.expires * 1000);
      const late = lab.connect(byToken(row));
      await late.closed;
      assert.equal(target.connections, 1, "the console was dialed after its token had expired");
      early.webSocket.terminate();
    },
  },
  {
    id: "token_in_any_path",
    title: "The path of the WebSocket does not matter: the token in its query does, and the last of several.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      await lab.open({}, ({ token }) => ({ path: `/some/deep/path?x=1&token=XXX&token=${token}` }));
    },
  },
  {
    id: "token_in_cookie",
    title: "Without a token in the query, the cookie `token` counts, and the last of several.",
    nova: "does; spice-html5 relies on it",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      await lab.open({}, ({ token }) => ({ headers: { Cookie: `a=b; token=XXX; token=${token}` } }));
      await lab.open({}, ({ token }) => ({ path: "/?token=", headers: { Cookie: `token=${token}` } }));
    },
  },
  {
    id: "query_before_cookie",
    title: "A wrong token in the query is not made good by the right one in a cookie.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    run: async (lab) =>
      void (await lab.refuse({}, ({ token }) => ({ token: "XXX", headers: { Cookie: `token=${token}` } }))),
  },
  {
    id: "test_malformed_cookie",
    title: "Parts of a cookie that are malformed are skipped, and quotes around the token are not part of it.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    run: async (lab) => void (await lab.open({}, ({ token }) => ({ headers: { Cookie: `?=!; token="${token}"` } }))),
  },
  {
    id: "B14",
    title: "A token opens several consoles, at once and again, until it expires.",
    nova: "does, without any limit of connections",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const { row, client } = await lab.open();
      const { port } = row;
      const again = lab.connect(byToken(row));
      await again.settled;
      assert.equal(again.webSocket.readyState, again.webSocket.OPEN, `a second console at port ${port}`);
      assert.equal(client.webSocket.readyState, client.webSocket.OPEN);
    },
  },
  {
    id: "refusals_say_why",
    title: "A client that is refused gets a close frame with a code and a reason.",
    nova: "ends TCP without a close frame: browsers show 1006",
    novaPasses: false,
    services: BOTH,
    async run(lab) {
      const { code, reason } = await lab.connect({ token: "XXX" }).closed;
      assert.ok(![1005, 1006].includes(code) && reason !== "", `code ${code}, reason "${reason}"`);
    },
  },
  {
    id: "B12",
    title: "No token is in the log.",
    nova: "logs `Path: '/?token=…'` at INFO",
    novaPasses: false,
    services: BOTH,
    needs: ["log"],
    async run(lab) {
      const { row } = await lab.open();
      const refused = "11111111-2222-3333-4444-555555555555";
      await lab.connect({ token: refused }).closed;
      const log = await lab.readLog();
      assert.notEqual(log, "", "the log is empty");
      for (const token of [row.token, refused]) assert.ok(!log.includes(token), "the log has a token");
    },
  },
];
