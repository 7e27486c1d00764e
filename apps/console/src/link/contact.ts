/** What a link to whoever runs the gateway may be; the gateway checks the same (`console.contact_url`). */
const schemes: ReadonlySet<string> = new Set(["https:", "http:", "mailto:", "tel:"]);

/** Where people reach whoever runs the gateway; null where nothing was written, or what no link may be. */
export function parseContact(written: string): URL | null {
  const url = URL.parse(written);
  return url !== null && schemes.has(url.protocol) ? url : null;
}

/** The address to open: a mail begins with what a supporter asks for, unless the operator wrote a beginning. */
export function contactHref(contact: URL, subject: string, details: string): string {
  if (contact.protocol !== "mailto:" || contact.search !== "") return contact.href;
  return `${contact.href}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(details)}`;
}
