import assert from "node:assert/strict";
import { connect, type SecureVersion } from "node:tls";
import { BOTH, type ObservableCheck } from "../check.ts";
import type { Lab } from "../lab/lab.ts";

/** That a request to a path with several slashes leads to no other host. */
function keepsHost(path: string): (lab: Lab) => Promise<void> {
  return async (lab) => {
    const { status, headers } = await lab.ask({ path });
    const location = headers.location ?? "";
    assert.ok(status >= 300 && status < 500, `status ${status}`);
    assert.doesNotMatch(location, /^(?:\w+:)?\/\//, "the redirect leads to another host");
  };
}

/** Whether TLS of one version is possible. */
async function speaks(lab: Lab, version: SecureVersion): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({
    host: lab.hostname,
    port: lab.port,
    minVersion: version,
    maxVersion: version,
    rejectUnauthorized: false,
  });
  socket
    .once("secureConnect", () => resolve(true))
    .on("error", () => resolve(false))
    .once("close", () => resolve(false));
  const isSpoken = await promise;
  socket.destroy();
  return isSpoken;
}

/** What the proxies answer besides WebSockets. */
export const HTTP_CHECKS: readonly ObservableCheck[] = [
  {
    id: "test_reject_open_redirect",
    title: "`//example.com/%2F..` leads to no other host.",
    nova: "400, or 301 to `/example.com/%2F..`",
    novaPasses: true,
    services: BOTH,
    run: keepsHost("//example.com/%2F.."),
  },
  {
    id: "test_reject_open_redirect_3_slashes",
    title: "`///example.com/%2F..` leads to no other host.",
    nova: "400, or 301 to `/example.com/%2F..`",
    novaPasses: true,
    services: BOTH,
    run: keepsHost("///example.com/%2F.."),
  },
  {
    id: "methods",
    title: "POST, OPTIONS and DELETE are refused with 405 or 501.",
    nova: "501; 405 with websockify after 0.13",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      for (const method of ["POST", "OPTIONS", "DELETE"]) {
        const { status } = await lab.ask({ method, path: "/" });
        assert.ok(status === 405 || status === 501, `${method}: status ${status}`);
      }
    },
  },
  {
    id: "files",
    title: "With `web`, `/vnc_lite.html` answers 200: Kolla's health checks ask for it.",
    nova: "does",
    novaPasses: true,
    services: ["novnc"],
    needs: ["web"],
    run: async (lab) => assert.equal((await lab.ask({ path: "/vnc_lite.html?path=x" })).status, 200),
  },
  {
    id: "folders",
    title: "With `web`, folders are not listed: `/app` leads to `/app/`, which answers 404.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    needs: ["web"],
    async run(lab) {
      const [bare, slash] = await Promise.all(["/app", "/app/"].map((path) => lab.ask({ path })));
      assert.deepEqual([bare?.status, slash?.status], [301, 404]);
      assert.match(bare?.headers.location ?? "", /app\/$/);
    },
  },
  {
    id: "no_escape",
    title: "Paths lead to nothing outside `web`.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    needs: ["web"],
    async run(lab) {
      for (const path of [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2f..%2fetc/passwd",
        "/app/%2e%2e/%2e%2e/etc/passwd",
      ]) {
        const { status } = await lab.ask({ path });
        assert.ok(status >= 400, `${path}: status ${status}`);
      }
    },
  },
  {
    id: "no_page",
    title: "Without `web`, the serial proxy has no page: GET answers 405.",
    nova: "does",
    novaPasses: true,
    services: ["serial"],
    needs: ["noWeb"],
    run: async (lab) => assert.equal((await lab.ask({ path: "/" })).status, 405),
  },
  {
    id: "test_ssl_min_version_is_not_set",
    title: "With a certificate, one port serves TLS, from version 1.2 on, and plain HTTP.",
    nova: "does, with the versions of the system's OpenSSL",
    novaPasses: true,
    services: BOTH,
    needs: ["tls"],
    async run(lab) {
      assert.ok(await speaks(lab, "TLSv1.3"), "TLS 1.3");
      if (lab.subject.tls === "default") assert.ok(await speaks(lab, "TLSv1.2"), "TLS 1.2");
      await lab.open();
    },
  },
  {
    id: "test_ssl_min_version_is_set",
    title: "`ssl_minimum_version = tlsv1_3` refuses TLS 1.2.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    needs: ["tls13"],
    async run(lab) {
      assert.ok(await speaks(lab, "TLSv1.3"), "TLS 1.3");
      assert.ok(!(await speaks(lab, "TLSv1.2")), "TLS 1.2 is spoken");
    },
  },
  {
    id: "B19",
    title: "`/healthz` answers 200, for load balancers.",
    nova: "has neither health, metrics, a list of sessions, revocation nor draining",
    novaPasses: false,
    services: BOTH,
    run: async (lab) => assert.equal((await lab.ask({ path: "/healthz" })).status, 200),
  },
];
