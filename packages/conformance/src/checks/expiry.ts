import assert from "node:assert/strict";
import { once } from "node:events";
import { BOTH, type ObservableCheck } from "../check.ts";
import { byToken } from "../lab/lab.ts";

const LATE = "0.10 to 1.09 s late, as `expires` minus the whole seconds of now is the delay";

/** How late in a second a session begins whose end Nova rounds up, in milliseconds. */
const PHASE_MS = 900;

/** The end of sessions: at `expires`, by either side, and when Nova withdraws the console. */
export const EXPIRY_CHECKS: readonly ObservableCheck[] = [
  {
    id: "test_enforce_session_timeout_timer_called",
    title: "With `enforce_session_timeout`, client and target both end at `expires`, never early.",
    nova: `does, ${LATE}`,
    novaPasses: true,
    services: BOTH,
    needs: ["enforces"],
    async run(lab) {
      const { client, connection, row } = await lab.open({ expires: lab.soon() });
      const [{ at }, targetAt] = await Promise.all([client.closed, connection.ended]);
      assert.ok(at >= row.expires * 1000, `the client was closed ${row.expires * 1000 - at} ms early`);
      assert.ok(targetAt >= row.expires * 1000, `the target was closed ${row.expires * 1000 - targetAt} ms early`);
    },
  },
  {
    id: "test_enforce_session_timeout_timer_not_called",
    title: "Without `enforce_session_timeout`, a session outlives its token.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    needs: ["doesNotEnforce"],
    async run(lab) {
      const { client, connection, row } = await lab.open({ expires: lab.soon() });
      await lab.until(row.expires * 1000 + 1500);
      client.send(Buffer.from("more"));
      assert.equal((await connection.input.read(4)).toString(), "more");
    },
  },
  {
    id: "B1",
    title: "At the end of access, the client gets a close frame that says why.",
    nova: "none with eventlet (0 of 132 sessions), at times `1000 Target closed` with threads: browsers show 1006",
    novaPasses: false,
    services: BOTH,
    needs: ["enforces"],
    async run(lab) {
      const { client } = await lab.open({ expires: lab.soon() });
      const { code, reason } = await client.closed;
      assert.ok(code >= 4000 && reason !== "", `code ${code}, reason "${reason}"`);
    },
  },
  {
    id: "B2",
    title: "A viewer that stops in the RFB handshake ends at `expires`, too.",
    nova: "never: the timer starts after the handshake",
    novaPasses: false,
    services: ["novnc"],
    needs: ["enforces"],
    async run(lab) {
      const target = await lab.target();
      const row = await lab.issue(target, { expires: lab.soon() });
      const client = lab.connect(byToken(row));
      await client.read(12);
      lab.assertEndedAt(row.expires, (await client.closed).at, "the viewer");
    },
  },
  {
    id: "B2_access_path",
    title: "A target that does not answer CONNECT ends at `expires`, too.",
    nova: "never",
    novaPasses: false,
    services: ["serial"],
    needs: ["enforces"],
    async run(lab) {
      const target = await lab.target(async ({ input }) => void (await input.readThrough("\r\n\r\n")));
      const row = await lab.issue(target, { expires: lab.soon(), internalAccessPath: "/vm" });
      const client = lab.connect(byToken(row));
      const connection = await target.connection();
      lab.assertEndedAt(row.expires, (await client.closed).at, "the client");
      lab.assertEndedAt(row.expires, await connection.ended, "the target");
    },
  },
  {
    id: "expiry_of_a_slow_client",
    title: "A client that does not read what the console floods it with loses the console at `expires`, too.",
    nova: "does with eventlet; with threads the process stays as long as the client does not read",
    novaPasses: true,
    services: BOTH,
    needs: ["enforces"],
    async run(lab) {
      const { client, connection, row } = await lab.open({ expires: lab.soon() });
      client.socket.pause();
      const flood = setInterval(() => connection.socket.writableNeedDrain || connection.write(Buffer.alloc(65_536)), 2);
      // Unread input would keep the proxy's end out of sight: a reset shows in writing.
      const at = await connection.ended.finally(() => clearInterval(flood));
      lab.assertEndedAt(row.expires, at, "the target");
    },
  },
  {
    id: "B17",
    title: "The end is not rounded to the phase of the second in which the session began.",
    nova: LATE,
    novaPasses: false,
    services: BOTH,
    needs: ["enforces"],
    async run(lab) {
      await lab.until(Math.floor(Date.now() / 1000) * 1000 + PHASE_MS);
      const { client, connection, row } = await lab.open({ expires: lab.soon() });
      const [{ at }, targetAt] = await Promise.all([client.closed, connection.ended]);
      lab.assertEndedAt(row.expires, at, "the client");
      lab.assertEndedAt(row.expires, targetAt, "the target");
    },
  },
  {
    id: "test__close_connection",
    title: "Where the target has closed before `expires`, the expiry harms neither the proxy nor other sessions.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    needs: ["enforces"],
    async run(lab) {
      const { client, connection, row } = await lab.open({ expires: lab.soon() });
      connection.end();
      await client.closed;
      await lab.until(row.expires * 1000 + 100);
      await lab.open();
    },
  },
  {
    id: "B3",
    title: "When a client leaves, by a close frame, FIN or RST, the target is freed within 2 s.",
    nova: "does with eventlet; with threads the process stays until `expires`",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const leave = {
        "a close frame": ({ client }: Awaited<ReturnType<typeof lab.open>>) => client.webSocket.close(1000),
        FIN: ({ client }: Awaited<ReturnType<typeof lab.open>>) => client.socket.end(),
        RST: ({ client }: Awaited<ReturnType<typeof lab.open>>) => client.socket.resetAndDestroy(),
      };
      for (const [how, go] of Object.entries(leave)) {
        const opened = await lab.open();
        const left = Date.now();
        go(opened);
        const late = (await opened.connection.ended) - left;
        assert.ok(late < 2000, `after ${how}, the target was freed ${late} ms later`);
      }
    },
  },
  {
    id: "B18",
    title: "A session ends with a reason of its own when its instance is deleted.",
    nova: "goes on, until the target closes: `1000 Target closed`",
    novaPasses: false,
    services: BOTH,
    needs: ["revalidates"],
    async run(lab) {
      const { client, row } = await lab.open();
      await lab.deleteInstance(row);
      const { code, reason } = await client.closed;
      assert.ok(code >= 4000 && reason !== "", `code ${code}, reason "${reason}"`);
    },
  },
  {
    id: "B18_token",
    title: "A session ends with a reason of its own when its token is removed, as Nova does after a live migration.",
    nova: "goes on, until the target closes: `1000 Target closed`",
    novaPasses: false,
    services: BOTH,
    needs: ["revalidates"],
    async run(lab) {
      const { client, row } = await lab.open();
      await lab.deleteToken(row);
      const { code, reason } = await client.closed;
      assert.ok(code >= 4000 && reason !== "", `code ${code}, reason "${reason}"`);
    },
  },
  {
    id: "target_closes",
    title: "When the console closes, the client gets what it sent last, and then the code 1000.",
    nova: "`1000 Target closed`, but what the console sent last is lost at times",
    novaPasses: false,
    services: BOTH,
    async run(lab) {
      const { client, connection } = await lab.open();
      connection.write("last words");
      connection.end();
      assert.equal((await client.received.readRest()).toString(), "last words");
      assert.equal((await client.closed).code, 1000);
    },
  },
  {
    id: "target_refuses",
    title: "A console that cannot be reached closes the client.",
    nova: "ends TCP without a close frame",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      const target = await lab.target();
      const row = await lab.issue(target);
      target.close();
      const client = lab.connect(byToken(row));
      await once(client.webSocket, "close");
      assert.equal(client.total, 0);
    },
  },
];
