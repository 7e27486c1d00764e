import { startFakeGateway } from "@curfew/testing";
import type { Browser } from "@playwright/test";
import { median } from "../../packages/bench/src/statistics/index.ts";
import { startConsolePageServer } from "../src/servers/console-page-server.ts";

/** From the document's last byte until the first paint, in milliseconds. */
const LIMIT_MS = 100;

/** The console page, and a plain text document for comparison. */
const DOCUMENTS = { page: "/console/?type=vnc&name=web-03#token=none", text: "/licenses-fonts.txt" };

/** Measures the first paint of the console page with empty caches. @returns a table */
export async function firstPaint(browser: Browser, rounds: number): Promise<string> {
  await using server = await startConsolePageServer();
  await using gateway = await startFakeGateway({ server: server.server });
  const origin = gateway.url.replace(/^ws/, "http");
  const samples = { page: [] as number[], text: [] as number[] };
  for (let round = -1; round < rounds; round += 1) {
    for (const kind of ["page", "text"] as const) {
      const milliseconds = await paintOnce(browser, origin + DOCUMENTS[kind]);
      if (round >= 0) samples[kind].push(milliseconds);
    }
  }
  const [page, text] = [median(samples.page), median(samples.text)];
  const cells = [page.toFixed(1), text.toFixed(1), (page / text).toFixed(3), LIMIT_MS.toFixed(1)];
  return [
    "| | console page | plain text | ratio | limit |",
    "| --- | --- | --- | --- | --- |",
    `| first paint, ms | ${cells.join(" | ")} |`,
  ].join("\n");
}

async function paintOnce(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  const milliseconds = await page.evaluate(async () => {
    const paint = await new Promise<PerformanceEntry>((resolve) => {
      const observer = new PerformanceObserver((list) => {
        const [entry] = list.getEntriesByName("first-paint");
        if (entry) resolve(entry);
      });
      observer.observe({ type: "paint", buffered: true });
    });
    const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    return paint.startTime - (document?.responseEnd ?? Number.NaN);
  });
  await context.close();
  return milliseconds;
}
