import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { startWebServer, type WebServer } from "./web-server.ts";

const manual = readFileSync(new URL("../../../docs/embedding.md", import.meta.url), "utf8");
/** What docs/embedding.md lets the frame do. */
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

/** A page of somebody's own on an origin of its own, which shows the console page of the fragment in a frame. */
export function startEmbeddingPage(): Promise<WebServer> {
  return startWebServer((_, response) => {
    response.setHeader("content-type", "text/html").end(html);
  });
}

/** A message of the console page, with the origin that it came from. */
export type Heard = Readonly<Record<string, unknown>>;

/** What the parent in `page` has heard. */
export async function heard(page: Page): Promise<readonly Heard[]> {
  return await page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
}

/** Has the parent in `page` say something to the page in its frame. */
export async function say(page: Page, message: unknown): Promise<void> {
  await page.evaluate((data) => {
    document.querySelector("iframe")?.contentWindow?.postMessage(data, "*");
  }, message);
}
