import { createHash } from "node:crypto";
import { expect, type Locator, type Page } from "@playwright/test";

/** A WebSocket of the page, as the page saw its end. */
export interface SeenClose {
  readonly code: number;
  readonly reason: string;
}

interface Recorder {
  curfewCloses?: SeenClose[];
}

/** The console page in a browser tab. */
export class ConsolePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a console's address and takes note of every close frame from then on. */
  async open(url: string): Promise<void> {
    await this.page.addInitScript(() => {
      const recorder = globalThis as Recorder;
      const closes: SeenClose[] = (recorder.curfewCloses ??= []);
      globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
        construct(target, args: [string, string[]]) {
          const socket = new target(...args);
          socket.addEventListener("close", ({ code, reason, isTrusted }) => {
            // The SDK itself ends the main channel of SPICE for another one.
            if (isTrusted) closes.push({ code, reason });
          });
          return socket;
        },
      });
    });
    await this.page.goto(url);
  }

  /** Waits for a state of the page, the word in `data-state`, for longer than any token that a test lets expire. */
  async waitFor(...states: readonly string[]): Promise<void> {
    await expect(this.page.locator("body")).toHaveAttribute("data-state", new RegExp(`^(?:${states.join("|")})$`), {
      timeout: 60_000,
    });
  }

  /** Waits for the end screen and checks which reason it gives. */
  async waitForEnd(reason: string): Promise<void> {
    await this.waitFor("ended");
    await expect(this.endScreen).toHaveAttribute("data-reason", reason);
  }

  get endScreen(): Locator {
    return this.page.locator("[data-reason]");
  }

  get canvas(): Locator {
    return this.page.locator("canvas").first();
  }

  /** Codes and reasons of the WebSockets that have closed. */
  async closes(): Promise<readonly SeenClose[]> {
    return await this.page.evaluate(() => (globalThis as Recorder).curfewCloses ?? []);
  }

  /** SHA-256 of the guest's pixels, as `testPatternHash` of @curfew/testing computes it. */
  async canvasHash(): Promise<string> {
    return await canvasHash(this.canvas);
  }

  /** The text that the terminal shows. */
  async terminalText(): Promise<string> {
    return await this.page.locator(".xterm-rows").innerText();
  }
}

/** SHA-256 of a canvas' RGBA pixels. */
export async function canvasHash(canvas: Locator): Promise<string> {
  const pixels = await canvas.evaluate((node: HTMLCanvasElement) => {
    // noVNC adds its canvas to the page before it knows the screen's size, and an empty one has no pixels to read.
    if (node.width === 0 || node.height === 0) return "";
    const data = node.getContext("2d")?.getImageData(0, 0, node.width, node.height).data ?? new Uint8ClampedArray();
    let text = "";
    for (let at = 0; at < data.length; at += 32_768) text += String.fromCharCode(...data.subarray(at, at + 32_768));
    return btoa(text);
  });
  return createHash("sha256").update(Buffer.from(pixels, "base64")).digest("hex");
}

/** The color of a pixel of the machine's screen, as `#rrggbb`. */
export function colorAt(canvas: Locator, x: number, y: number): Promise<string> {
  return canvas.evaluate(
    (node: HTMLCanvasElement, at) => {
      const [red, green, blue] = node.getContext("2d")?.getImageData(at.x, at.y, 1, 1).data ?? [];
      return `#${[red, green, blue].map((part) => part?.toString(16).padStart(2, "0")).join("")}`;
    },
    { x, y },
  );
}
