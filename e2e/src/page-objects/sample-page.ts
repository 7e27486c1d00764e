import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { packageFolder } from "../servers/package-folder.ts";

/** Where the sample page is; nothing listens there. A secure context, as noVNC wants. */
export const samplePage = "http://localhost/console.html";

/** What the page loads, by the first part of the path: this project's sources, and noVNC as npm delivers it. */
const folders: Readonly<Record<string, string>> = {
  client: fileURLToPath(new URL("../../../packages/client/src", import.meta.url)),
  protocol: fileURLToPath(new URL("../../../packages/protocol/src", import.meta.url)),
  novnc: packageFolder("@novnc/novnc"),
};

const imports = {
  "@curfew/client/vnc": "/client/views/vnc/index.ts",
  "@curfew/protocol": "/protocol/index.ts",
  "@novnc/novnc": "/novnc/core/rfb.js",
};

/**
 * A small console page built with the SDK: its status, the time left, a button to renew. It connects to
 * `/websockify`, or to the address in `?gateway=`.
 */
const html = `<!doctype html>
<html lang="en">
<title>Sample console</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<p role="status">Not connected</p>
<p role="timer"></p>
<button>Renew</button>
<div id="screen" style="width: 640px; height: 480px"></div>
<script type="module">
  import { VncConsole } from "@curfew/client/vnc";

  const [status, timer] = ["status", "timer"].map((role) => document.querySelector("[role=" + role + "]"));
  const url = new URLSearchParams(location.search).get("gateway") ?? "/websockify";
  const vnc = new VncConsole(document.querySelector("#screen"), {
    authorize: () => ({ url, token: "first" }),
    renew: () => "second",
    reconnect: ({ attempt }) => (attempt > 4 ? null : 0),
  });
  let session = null;
  const countDown = () => {
    const left = session?.expiresAt ? Math.ceil((session.expiresAt - performance.now()) / 1000) : null;
    timer.textContent = left === null ? "" : left + " s left";
  };
  setInterval(countDown, 250);
  vnc.on("state", (state) => {
    session = state.session ?? null;
    countDown();
    const { reason } = state.cause ?? {};
    status.textContent = state.status === "closed" ? "Ended: " + reason : state.status;
    if (session?.expiring) status.textContent = "expiring";
  });
  vnc.on("renewed", () => (status.textContent = "renewed"));
  vnc.on("renewfailed", ({ message }) => (status.textContent = "not renewed: " + message));
  document.querySelector("button").addEventListener("click", () => void vnc.connection.renew().catch(() => {}));
  await vnc.connect().catch(() => {});
</script>
</html>`;

/** Serves the sample page to one browser tab. */
export async function serveSamplePage(page: Page): Promise<void> {
  await page.route("http://localhost/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/console.html") {
      await route.fulfill({ contentType: "text/html", body: html });
      return;
    }
    const [, name = "", ...rest] = normalize(pathname).split("/");
    const folder = folders[name];
    if (folder === undefined) await route.fulfill({ status: 404 });
    else await route.fulfill({ contentType: "text/javascript", body: await script(join(folder, ...rest)) });
  });
}

async function script(file: string): Promise<string> {
  const source = await readFile(file, "utf8");
  return extname(file) === ".ts" ? stripTypeScriptTypes(source) : source;
}
