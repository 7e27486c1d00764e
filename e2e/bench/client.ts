import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeGateway } from "@curfew/testing";
import { chromium, type Page } from "@playwright/test";
import { median } from "../../packages/bench/src/statistics/index.ts";
import { launchOptions } from "../src/browsers/chromium.ts";
import { bundlePages, startBundledPages } from "../src/servers/bundled-pages.ts";
import { startFastVnc } from "./fast-vnc.ts";
import { firstPaint } from "./first-paint.ts";

interface Sample {
  /** From the call until the first frame is drawn. */
  readonly firstFrameMs: number;
  readonly framesPerSecond: number;
}
type Kind = "sdk" | "bare";

const WARM_UP_ROUNDS = 3;
const COUNTED_MS = 1000;

/** Runs in the page. */
async function openOne({ kind, url, countedMs }: { kind: Kind; url: string; countedMs: number }): Promise<Sample> {
  const screen = document.querySelector<HTMLElement>("#screen");
  if (!screen) throw new Error("no screen");
  const prototype = CanvasRenderingContext2D.prototype;
  const draw = Reflect.get(prototype, "drawImage") as (...image: unknown[]) => void;
  let frames = 0;
  const firstFrame = new Promise<number>((resolve) => {
    prototype.drawImage = function (this: CanvasRenderingContext2D, ...image: unknown[]): void {
      draw.apply(this, image);
      if (!this.canvas.isConnected) return;
      frames += 1;
      resolve(performance.now());
    };
  });
  const start = performance.now();
  let close: () => Promise<unknown>;
  if (kind === "sdk") {
    const vnc = new sdk.VncConsole(screen, { authorize: () => ({ url }), scale: "none" });
    void vnc.connect();
    close = () => vnc.close();
  } else {
    const rfb = new sdk.RFB(screen, new WebSocket(url, ["binary"]));
    const disconnected = new Promise((resolve) => rfb.addEventListener("disconnect", resolve));
    close = () => (rfb.disconnect(), disconnected);
  }
  const firstFrameMs = (await firstFrame) - start;
  const before = frames;
  const since = performance.now();
  await new Promise((resolve) => setTimeout(resolve, countedMs));
  const framesPerSecond = ((frames - before) * 1000) / (performance.now() - since);
  await close();
  Object.assign(prototype, { drawImage: draw });
  return { firstFrameMs, framesPerSecond };
}

async function measure(page: Page, url: string, rounds: number): Promise<Record<Kind, Sample[]>> {
  const samples: Record<Kind, Sample[]> = { sdk: [], bare: [] };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    // Alternates, because the second one has warmer caches.
    const order: Kind[] = round % 2 === 0 ? ["sdk", "bare"] : ["bare", "sdk"];
    for (const kind of order) {
      const sample = await page.evaluate(openOne, { kind, url, countedMs: COUNTED_MS });
      if (round >= 0) samples[kind].push(sample);
    }
  }
  return samples;
}

function table(samples: Record<Kind, readonly Sample[]>): string {
  const row = (name: string, of: (sample: Sample) => number, limit: (bare: number) => number): string => {
    const [ours, bare] = [median(samples.sdk.map(of)), median(samples.bare.map(of))];
    const cells = [ours.toFixed(1), bare.toFixed(1), (ours / bare).toFixed(3), limit(bare).toFixed(1)];
    return `| ${name} | ${cells.join(" | ")} |`;
  };
  return [
    "| | SDK | noVNC | ratio | limit |",
    "| --- | --- | --- | --- | --- |",
    row(
      "first frame, ms",
      (sample) => sample.firstFrameMs,
      (bare) => bare * 1.03 + 5,
    ),
    row(
      "frames per second",
      (sample) => sample.framesPerSecond,
      (bare) => bare * 0.97,
    ),
  ].join("\n");
}

/**
 * Compares the SDK's VNC view with noVNC alone, which it contains: `npx pnpm@12 bench:client [rounds]`. Both open the same console
 * through the same gateway in turn, so that other load affects both. Compares medians. Then measures the first paint of the
 * console page. Prints tables with the limits in the last column.
 */
async function main(rounds: number): Promise<void> {
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new RangeError(`rounds: expected a whole number from 1`);
  await using server = await startFastVnc();
  await using gateway = await startFakeGateway({ target: server });
  const folder = await mkdtemp(join(tmpdir(), "curfew-bench-pages-"));
  await bundlePages(folder);
  await using pages = await startBundledPages();
  const browser = await chromium.launch(launchOptions);
  try {
    const page = await browser.newPage();
    await page.goto(`${pages.origin}/sdk/`);
    await page.waitForFunction(() => "sdk" in globalThis);
    const samples = await measure(page, gateway.url, rounds);
    process.stdout.write(`medians of ${rounds} rounds, 640 by 480, Raw, loopback\n\n${table(samples)}\n\n`);
    process.stdout.write(`${await firstPaint(browser, rounds)}\n`);
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

await main(Number(process.argv[2] ?? 20));
