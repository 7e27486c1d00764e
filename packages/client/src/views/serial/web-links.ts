import { reportError } from "../../util/report-error.ts";

/** See {@link SerialOptions.onLink}. */
export type LinkDecision = (url: string, event: MouseEvent) => boolean | Promise<boolean>;

/** A plain click selects text, as in other terminals. */
const isModifiedClick: LinkDecision = (_url, event) => event.ctrlKey || event.metaKey;

/**
 * Handles a click on a link that the machine printed: opens it in a new tab without access to this
 * page, if `decide` allows it. Only `http:` and `https:` links are opened.
 *
 * The link is normalized first, so that what the user is asked is what opens: an internationalized host
 * name as Punycode, which no look-alike letters imitate, and other characters, such as those that
 * reverse the direction of text, percent-encoded.
 */
export async function followLink(
  url: string,
  event: MouseEvent,
  decide: LinkDecision = isModifiedClick,
): Promise<void> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return;
  const { href } = new URL(url);
  try {
    if (await decide(href, event)) window.open(href, "_blank", "noopener,noreferrer");
  } catch (error) {
    reportError(error);
  }
}
