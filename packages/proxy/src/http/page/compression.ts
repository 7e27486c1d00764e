import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);

/** What has been compressed, by the digest of what it was. As many as the page has files, and once more for each build. */
const compressed = new Map<string, Promise<Buffer>>();

/** Compresses each content once, off the main thread: deadlines never wait for it. */
export function compressOnce(digest: string, body: Buffer): Promise<Buffer> {
  const known = compressed.get(digest) ?? compress(body, { level: 9 });
  compressed.set(digest, known);
  return known;
}

/** Whether a client's `Accept-Encoding` takes gzip (RFC 9110, section 12.5.3). */
export function acceptsGzip(header: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const item of header?.toLowerCase().split(",") ?? []) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    weights.set(coding, weight === undefined ? 1 : Number(weight));
  }
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
