/** An entity tag (RFC 9110, section 8.8.3), without the mark of a weak one. */
const ETAG = /"[\x21\x23-\x7E\x80-\xFF]*"/g;

/**
 * Whether a client that sent this `If-None-Match` has the representation already: it lists the tag, weak or strong, or
 * is `*` (RFC 9110, section 13.1.2).
 */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.match(ETAG)?.includes(etag) === true;
}
