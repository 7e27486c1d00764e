import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { startWebServer, type WebServer } from "./web-server.ts";

const manual = readFileSync(new URL("../../../docs/embedding.md", import.meta.url), "utf8");
/** The permissions of the iframe in docs/embedding.md. */
const permissions = manual.match(/^ +frame\.(?:allow|sandbox)\b.+;$/gm) ?? [];

const html = `<!doctype html><html lang="en"><title>Dashboard</title><body><script>
  globalThis.heard = [];
  addEventListener("message", ({ data, origin }) => heard.push({ ...data, origin }));
  const frame = document.createElement("iframe");
${permissions.join("\n")}
  frame.title = "Console";
  frame.width = 900;
  frame.height = 600;
  frame.src = decodeURIComponent(location.hash.slice(1));
  document.body.append(frame);
</script>`;

/** A page on an origin of its own that shows the console page at the address in its fragment in an iframe. */
export function startEmbeddingPage(): Promise<WebServer> {
  return startWebServer((_, response) => {
    response.setHeader("content-type", "text/html").end(html);
  });
}

/** A message from the console page, with its origin. */
export type Heard = Readonly<Record<string, unknown>>;

/** The messages that the parent in `page` received. */
export async function heard(page: Page): Promise<readonly Heard[]> {
  return await page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
}

/** Posts a message from the parent in `page` to the page in its iframe. */
export async function say(page: Page, message: unknown): Promise<void> {
  await page.evaluate((data) => {
    document.querySelector("iframe")?.contentWindow?.postMessage(data, "*");
  }, message);
}
