import { reportError } from "../../util/report-error.ts";

/** See {@link SerialOptions.onLink}. */
export type LinkDecision = (url: string, event: MouseEvent) => boolean | Promise<boolean>;

/** A plain click selects text, as in other terminals. */
const isModifiedClick: LinkDecision = (_url, event) => event.ctrlKey || event.metaKey;

/**
 * Handles a click on a link that the machine printed: opens it in a new tab without access to this
 * page, if `decide` allows it. Only `http:` and `https:` links are opened.
 */
export async function followLink(
  url: string,
  event: MouseEvent,
  decide: LinkDecision = isModifiedClick,
): Promise<void> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return;
  try {
    if (await decide(url, event)) window.open(url, "_blank", "noopener,noreferrer");
  } catch (error) {
    reportError(error);
  }
}
