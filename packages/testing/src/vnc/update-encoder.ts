import { clip, copyInto, damage, resized } from "./damage.ts";
import { copyRect, encodeCopyRect } from "./encodings/copyrect.ts";
import { encodeHextile } from "./encodings/hextile.ts";
import { type Raster, translationTo, type Translation } from "./encodings/raster.ts";
import { encodeRaw } from "./encodings/raw.ts";
import { ZrleEncoder } from "./encodings/zrle.ts";
import { Encoding, rectHeader, updateHeader } from "./messages.ts";
import { type PixelFormat, RGB888 } from "./pixel-format.ts";
import { blockAt, type Framebuffer, type Rect, type Size } from "./test-pattern.ts";
import { cursorRect } from "./cursor.ts";

/** Encodings of pixels that the server can be asked to use. */
export type VncEncoding = "raw" | "copyrect" | "hextile" | "zrle";

/** All of them. */
export const VNC_ENCODINGS: readonly VncEncoding[] = ["raw", "copyrect", "hextile", "zrle"];

/** A test pattern to be shown: its number and its pixels. */
export interface Shown {
  readonly pattern: number;
  readonly framebuffer: Framebuffer;
}

/** An encoded FramebufferUpdate. */
export interface Update {
  readonly bytes: Uint8Array;
  readonly rectangles: number;
  /** The encodings of its pixel rectangles, each named once. */
  readonly encodings: readonly VncEncoding[];
}

/** Encodes updates for one client: knows its format, its encodings, and what its framebuffer holds. */
export class UpdateEncoder implements Disposable {
  readonly #preferred: VncEncoding | undefined;
  readonly #zrle = new ZrleEncoder();
  #format: PixelFormat = RGB888;
  #translation: Translation = translationTo(RGB888);
  #encodings: ReadonlySet<number> = new Set();
  #held: Shown;
  #cursorDue = false;
  /** Reason and status of an ExtendedDesktopSize rectangle to send. */
  #sizeDue: readonly [reason: number, status: number] | undefined;

  /** @param preferred - the encoding to use where the client takes it; otherwise the client's first choice */
  constructor(size: Size, preferred: VncEncoding | undefined) {
    this.#held = nothing(size);
    this.#preferred = preferred;
  }

  setPixelFormat(format: PixelFormat): void {
    this.#format = format;
    this.#translation = translationTo(format);
    this.#cursorDue = this.#encodings.has(Encoding.cursor);
  }

  setEncodings(encodings: readonly number[]): void {
    const before = this.#encodings;
    this.#encodings = new Set(encodings);
    const isNew = (encoding: number): boolean => this.#encodings.has(encoding) && !before.has(encoding);
    if (isNew(Encoding.cursor)) this.#cursorDue = true;
    // Tells the client that the server understands SetDesktopSize.
    if (isNew(Encoding.extendedDesktopSize)) this.#sizeDue = [0, 0];
  }

  /**
   * Has the next update answer a SetDesktopSize message.
   * @param reason - 1: this client asked; 2: another client did
   * @param status - 0: done; 1: prohibited
   */
  answerResize(reason: number, status: number): void {
    if (this.#encodings.has(Encoding.extendedDesktopSize)) this.#sizeDue = [reason, status];
  }

  /**
   * The update that brings a region up to date, or undefined if there is nothing to say. Calls must not overlap.
   * @param incremental - false: the whole region is wanted, changed or not
   */
  async encode(shown: Shown, region: Rect, incremental: boolean): Promise<Update | undefined> {
    const resize = this.#desktopSize(shown.framebuffer);
    // It goes alone: the region that was asked for is one of the old size.
    if (resize !== undefined) return joined([resize], []);
    const { width, height } = this.#held.framebuffer;
    const next = { pattern: shown.pattern, framebuffer: resized(shown.framebuffer, width, height) };
    const part = clip(region, width, height);
    const rects: Uint8Array[] = [];
    const used = new Set<VncEncoding>();
    if (this.#cursorDue) rects.push(cursorRect(this.#format));
    this.#cursorDue = false;
    const block = incremental ? this.#copyBlock(next, part) : undefined;
    if (block !== undefined) {
      rects.push(block);
      used.add("copyrect");
    }
    const encoding = this.#pixelEncoding();
    for (const rect of incremental ? damage(this.#held.framebuffer, next.framebuffer, part) : [part]) {
      if (rect.width <= 0 || rect.height <= 0) continue;
      const pixels = await this.#pixels(this.#translation.raster(next.framebuffer, rect), encoding);
      rects.push(Buffer.concat([rectHeader(rect, Encoding[encoding]), pixels]));
      used.add(encoding);
      copyInto(this.#held.framebuffer, next.framebuffer, rect);
    }
    this.#held = { ...this.#held, pattern: next.pattern };
    return rects.length === 0 ? undefined : joined(rects, [...used]);
  }

  /** The whole framebuffer in Raw, which does not touch what the encoder knows: for a flood. */
  encodeStateless({ framebuffer }: Shown): Uint8Array {
    const { width, height } = this.#held.framebuffer;
    const rect = { x: 0, y: 0, width, height };
    const pixels = encodeRaw(
      this.#translation.raster(resized(framebuffer, width, height), rect),
      this.#translation.pixel,
    );
    return joined([Buffer.concat([rectHeader(rect, Encoding.raw), pixels])], []).bytes;
  }

  /** Frees the zlib stream. */
  [Symbol.dispose](): void {
    this.#zrle[Symbol.dispose]();
  }

  #desktopSize(wanted: Size): Uint8Array | undefined {
    const held = this.#held.framebuffer;
    const extended = this.#encodings.has(Encoding.extendedDesktopSize);
    const differs = wanted.width !== held.width || wanted.height !== held.height;
    const resizes = differs && (extended || this.#encodings.has(Encoding.desktopSize));
    const due = this.#sizeDue;
    if (!resizes && due === undefined) return undefined;
    this.#sizeDue = undefined;
    if (resizes) this.#held = nothing(wanted);
    const { width, height } = this.#held.framebuffer;
    if (!extended) return rectHeader({ x: 0, y: 0, width, height }, Encoding.desktopSize);
    const [reason, status] = due ?? [0, 0];
    const screens = Buffer.alloc(20);
    screens[0] = 1;
    screens.writeUInt16BE(width, 12);
    screens.writeUInt16BE(height, 14);
    return Buffer.concat([rectHeader({ x: reason, y: status, width, height }, Encoding.extendedDesktopSize), screens]);
  }

  /** The moved block as a CopyRect, if the client has all of it and takes CopyRect. */
  #copyBlock(next: Shown, region: Rect): Uint8Array | undefined {
    if (!this.#encodings.has(Encoding.copyrect)) return undefined;
    if (this.#preferred !== undefined && this.#preferred !== "copyrect") return undefined;
    const source = blockAt(this.#held.pattern, this.#held.framebuffer);
    const target = blockAt(next.pattern, next.framebuffer);
    if (source.x === target.x && source.y === target.y) return undefined;
    const inside = clip(target, region.x + region.width, region.y + region.height);
    if (inside.width !== target.width || inside.height !== target.height) return undefined;
    if (target.x < region.x || target.y < region.y) return undefined;
    const attempt = { ...this.#held.framebuffer, data: this.#held.framebuffer.data.slice() };
    copyRect(attempt, source, target);
    if (damage(attempt, next.framebuffer, target).length > 0) return undefined;
    this.#held = { ...this.#held, framebuffer: attempt };
    return Buffer.concat([rectHeader(target, Encoding.copyrect), encodeCopyRect(source)]);
  }

  #pixelEncoding(): PixelEncoding {
    if (this.#preferred === "copyrect") return "raw";
    if (this.#preferred !== undefined && this.#encodings.has(Encoding[this.#preferred])) return this.#preferred;
    if (this.#preferred !== undefined) return "raw";
    const choices = [...this.#encodings].map((number) => PIXEL_ENCODINGS.find((name) => Encoding[name] === number));
    return choices.find((name) => name !== undefined) ?? "raw";
  }

  async #pixels(raster: Raster, encoding: PixelEncoding): Promise<Uint8Array> {
    if (encoding === "zrle") return this.#zrle.encode(raster, this.#translation.compactPixel);
    return encoding === "hextile"
      ? encodeHextile(raster, this.#translation.pixel)
      : encodeRaw(raster, this.#translation.pixel);
  }
}

type PixelEncoding = Exclude<VncEncoding, "copyrect">;

const PIXEL_ENCODINGS: readonly PixelEncoding[] = ["raw", "hextile", "zrle"];

/** What a new framebuffer holds: pixels that equal no opaque one, so that all of it counts as changed. */
function nothing({ width, height }: Size): Shown {
  return { pattern: 0, framebuffer: { width, height, data: new Uint8Array(width * height * 4) } };
}

function joined(rects: readonly Uint8Array[], encodings: readonly VncEncoding[]): Update {
  return { bytes: Buffer.concat([updateHeader(rects.length), ...rects]), rectangles: rects.length, encodings };
}
