import { BOTH, type ObservableCheck } from "../check.ts";
import type { ClientOptions } from "../lab/client.ts";
import { byToken, type Lab, type RowOptions } from "../lab/lab.ts";
import type { ConsoleRow } from "../console-rows/writer.ts";

/** As if the proxy were reached under this name. */
const HOST = "console.example:6080";

const REFUSED = "refuses with a ValidationError in its log: 101, and TCP ends without a close frame";

/** A page's request, with the token in the query. */
function from(origin: string, headers: Readonly<Record<string, string>> = {}): (row: ConsoleRow) => ClientOptions {
  return (row) => ({ ...byToken(row), headers: { Host: HOST, Origin: origin, ...headers } });
}

/** The same with the token in a cookie. */
function withCookie(origin: string): (row: ConsoleRow) => ClientOptions {
  return ({ token }) => ({ headers: { Host: HOST, Origin: origin, Cookie: `token="${token}"` } });
}

function opens(options: (row: ConsoleRow) => ClientOptions, row: RowOptions = {}): (lab: Lab) => Promise<void> {
  return async (lab) => void (await lab.open(row, options));
}

function refuses(options: (row: ConsoleRow) => ClientOptions, row: RowOptions = {}): (lab: Lab) => Promise<void> {
  return async (lab) => void (await lab.refuse(row, options));
}

const OWN = `https://${HOST}`;
const HTTP_BASE = { accessUrlBase: "http://console.example/vnc_lite.html" };

/** Which pages may open consoles. */
export const ORIGIN_CHECKS: readonly ObservableCheck[] = [
  {
    id: "test_new_websocket_client",
    title: "A page of the proxy's own host, with the scheme of the token's URL, opens a console.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    run: opens(from(OWN)),
  },
  {
    id: "test_new_websocket_client_ipv6_url",
    title: "A page of the proxy's own host opens a console where that is an IPv6 address, too.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    run: opens(from("https://[2001:db8::1]:6080", { Host: "[2001:db8::1]:6080" })),
  },
  {
    id: "test_new_websocket_client_novnc_bad_origin_header",
    title: "A page of another host opens nothing.",
    nova: REFUSED,
    novaPasses: true,
    services: BOTH,
    run: refuses(withCookie("https://bad-origin-example.net")),
  },
  {
    id: "test_new_websocket_client_novnc_allowed_origin_header",
    title: "A page of a host in `allowed_origins` opens a console, at any port.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    needs: ["allowedOrigin"],
    async run(lab) {
      await lab.open({}, withCookie(`https://${lab.subject.allowedOrigin}`));
      await lab.open({}, withCookie(`https://${lab.subject.allowedOrigin}:8443`));
    },
  },
  {
    id: "test_new_websocket_client_novnc_blank_origin_header",
    title: "A blank `Origin`, `null` and one without a host open nothing.",
    nova: REFUSED,
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      await Promise.all(["", "null", "https://", "localhost"].map((origin) => lab.refuse({}, withCookie(origin))));
    },
  },
  {
    id: "test_new_websocket_client_novnc_no_origin_header",
    title: "Without `Origin`, the client is no browser, and the token decides.",
    nova: "does",
    novaPasses: true,
    services: BOTH,
    run: opens(({ token }) => ({ headers: { Host: HOST, Cookie: `token="${token}"` } })),
  },
  {
    id: "test_new_websocket_client_novnc_https_origin_proto_http",
    title: "A page over https opens nothing with a token that was issued for http.",
    nova: REFUSED,
    novaPasses: true,
    services: BOTH,
    run: refuses(from(OWN), HTTP_BASE),
  },
  {
    id: "test_new_websocket_client_novnc_https_origin_proto_ws",
    title: "A page over https opens nothing with a token that was issued for ws.",
    nova: REFUSED,
    novaPasses: true,
    services: ["serial"],
    run: refuses(from(OWN), { accessUrlBase: "ws://console.example/" }),
  },
  {
    id: "test_new_websocket_client_http_forwarded_proto_https",
    title: "Where a trusted TLS proxy says `X-Forwarded-Proto: https`, that counts as the page's scheme.",
    nova: "does, whoever sends it (B13)",
    novaPasses: true,
    services: BOTH,
    needs: ["trustsForwardedProto"],
    run: opens(from(`http://${HOST}`, { "X-Forwarded-Proto": "https" })),
  },
  {
    id: "test_new_websocket_client_novnc_bad_console_type",
    title: "A row without `access_url_base` opens nothing for pages, as their scheme cannot be checked.",
    nova: REFUSED,
    novaPasses: true,
    services: BOTH,
    run: refuses(from(OWN), { accessUrlBase: null }),
  },
  {
    id: "test_host_header_does_not_poison_allowed_origins",
    title: "A request whose `Host` is its `Origin` makes that no allowed origin for later ones.",
    nova: "does since July 2026 (bug 2158919)",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      await lab.open({}, from("https://evil.example", { Host: "evil.example" }));
      await lab.refuse({}, from("https://evil.example"));
    },
  },
  {
    id: "test_previous_host_does_not_bypass_origin_check",
    title: "A refused request whose `Host` is its `Origin` makes that no allowed origin either.",
    nova: "does since July 2026 (bug 2158919)",
    novaPasses: true,
    services: BOTH,
    async run(lab) {
      await lab.connect({ token: "XXX", headers: { Host: "evil.example", Origin: "https://evil.example" } }).closed;
      await lab.refuse({}, from("https://evil.example"));
    },
  },
  {
    id: "B13",
    title: "`X-Forwarded-Proto` of a client that is no trusted proxy has no effect.",
    nova: "trusts it",
    novaPasses: false,
    services: BOTH,
    async run(lab) {
      if (lab.subject.trustsForwardedProto === true) return;
      await lab.refuse({}, from(`http://${HOST}`, { "X-Forwarded-Proto": "https" }));
    },
  },
  {
    id: "B13_ports",
    title: "A page at another port of the proxy's host is another site, and opens nothing.",
    nova: "ignores ports",
    novaPasses: false,
    services: BOTH,
    run: refuses(from("https://console.example:9999")),
  },
];
