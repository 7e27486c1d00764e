import { extname } from "node:path";
import type { Page } from "@playwright/test";
import { bundledPagesFolder } from "../servers/bundled-pages.ts";
import { contentTypes, readIn } from "../servers/web-server.ts";

/** Where the sample page is. Nothing listens there; it is a secure context, which noVNC needs. */
export const samplePage = "http://localhost/console.html";

/**
 * Serves the page in `pages/sample` to one browser tab: a small console page built with the SDK, with its status, the
 * time left and a button to renew. It connects to `/websockify`, or to the address in `?gateway=`.
 */
export async function serveSamplePage(page: Page): Promise<void> {
  await page.route("http://localhost/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = pathname === "/console.html" ? "/sample/index.html" : pathname;
    const content = await readIn(bundledPagesFolder(), path);
    if (content === undefined) await route.fulfill({ status: 404 });
    else await route.fulfill({ contentType: contentTypes[extname(path)] ?? "text/plain", body: Buffer.from(content) });
  });
}
