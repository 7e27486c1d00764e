import type { PixelWriter } from "../pixel-format.ts";
import { ByteSink, type Raster } from "./raster.ts";

/** Raw (RFC 6143, section 7.7.1): every pixel as it is. */
export function encodeRaw({ values }: Raster, pixel: PixelWriter): Uint8Array {
  const sink = new ByteSink();
  sink.pixels(pixel, values);
  return sink.toBytes();
}
