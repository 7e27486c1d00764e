/** The schemes of a link to the operator. The gateway accepts the same (`console.contact_url`). */
const SCHEMES: ReadonlySet<string> = new Set(["https:", "http:", "mailto:", "tel:"]);

/** How to contact the operator. Undefined where `written` is empty or not a permitted URL. */
export function parseContact(written: string): URL | undefined {
  const url = URL.parse(written);
  return url !== null && SCHEMES.has(url.protocol) ? url : undefined;
}

/** The URL to open. A mail starts with subject and details, unless the operator has specified its content. */
export function contactHref(contact: URL, subject: string, details: string): string {
  if (contact.protocol !== "mailto:" || contact.search !== "") return contact.href;
  return `${contact.href}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(details)}`;
}
