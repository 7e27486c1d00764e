import { expect } from "@playwright/test";
import { INSECURE_HOST } from "../src/browsers/chromium.ts";
import { test } from "../src/fixtures/shared-servers.ts";
import { ADMIN_KEY, GatewayProcess } from "../src/servers/gateway-process.ts";
import { startWebServer } from "../src/servers/web-server.ts";

/** What a page tries. */
interface Attempt {
  /** The admin API, as the page reaches it. */
  readonly admin: string;
  readonly key: string | undefined;
  /** A token that it would revoke. */
  readonly id: string;
}

/** Runs in the page. @returns what each kind of request brought: a status, or in which way it came to nothing */
async function attempt({ admin, key, id }: Attempt): Promise<Readonly<Record<string, number | string>>> {
  const headers: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  const body = JSON.stringify({ type: "serial", target: "127.0.0.1:5902" });
  const fetched = async (path: string, init: RequestInit): Promise<number | string> =>
    await fetch(admin + path, init).then(
      ({ type, status }) => (type === "opaque" ? "opaque" : status),
      () => "failed",
    );
  const event = async (target: EventTarget, good: string): Promise<string> =>
    await new Promise((resolve) => {
      target.addEventListener(good, () => resolve(good));
      target.addEventListener("error", () => resolve("failed"));
    });
  const image = new Image();
  const shown = event(image, "load");
  image.src = `${admin}/v1/tokens`;
  const script = document.createElement("script");
  const loaded = event(script, "load");
  script.src = `${admin}/v1/openapi.json`;
  document.head.append(script);
  return {
    list: await fetched("/v1/tokens", { headers }),
    issue: await fetched("/v1/tokens", {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body,
    }),
    "issue as text": await fetched("/v1/tokens", { method: "POST", mode: "no-cors", body }),
    revoke: await fetched(`/v1/tokens/${id}`, { method: "DELETE", headers }),
    end: await fetched("/v1/sessions?all=true", { method: "DELETE", headers }),
    image: await shown,
    script: await loaded,
    events: await event(new EventSource(`${admin}/v1/events`), "open"),
    socket: await event(new WebSocket(`${admin.replace("http", "ws")}/v1/events`), "open"),
  };
}

test("a page in a browser on the operator's machine can do nothing at the admin API, even with the key", async ({
  page,
}) => {
  await using gateway = await GatewayProcess.start();
  await using site = await startWebServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>A page</title>");
  });
  const { id } = await gateway.issue({ type: "serial", target: "127.0.0.1:5901" });
  const admin = gateway.adminUrl;
  const rebound = admin.replace("127.0.0.1", INSECURE_HOST);
  const pages = [
    { at: site.origin, admin, key: ADMIN_KEY, answers: ["failed", "opaque"] },
    { at: site.origin.replace("127.0.0.1", INSECURE_HOST), admin, key: ADMIN_KEY, answers: ["failed", "opaque"] },
    // A document of the admin API itself.
    { at: `${admin}/healthz`, admin, key: ADMIN_KEY, answers: ["failed", "opaque", 403] },
    // The name of a site that leads to this machine by now: the browser takes it for the same site, but knows no key.
    { at: `${rebound}/healthz`, admin: rebound, key: undefined, answers: ["failed", "opaque", 401, 403] },
  ];
  for (const { at, answers, ...target } of pages) {
    await page.goto(at);
    const got = Object.entries(await page.evaluate(attempt, { ...target, id }));
    expect(got).toHaveLength(9);
    expect({ at, allowed: got.filter(([, answer]) => !answers.includes(answer)) }).toEqual({ at, allowed: [] });
  }
  // They were sent.
  expect(await gateway.metric("curfew_admin_authentication_failures_total")).toBeGreaterThan(20);
  expect((await gateway.admin.listTokens()).tokens.map((token) => token.id)).toEqual([id]);
});
