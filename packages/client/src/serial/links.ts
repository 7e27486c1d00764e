import { report } from "../report.ts";

/** See {@link SerialOptions.onLink}. */
export type LinkDecision = (url: string, event: MouseEvent) => boolean | Promise<boolean>;

/** By default a plain click selects text, as in other terminals. */
const onModifiedClick: LinkDecision = (_url, event) => event.ctrlKey || event.metaKey;

/**
 * A click on a link that the machine printed: opens it in a new tab, which learns nothing of this
 * page, if `decide` allows it. Only `http:` and `https:` are opened, whatever the machine says.
 */
export async function followLink(
  url: string,
  event: MouseEvent,
  decide: LinkDecision = onModifiedClick,
): Promise<void> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return;
  try {
    if (await decide(url, event)) window.open(url, "_blank", "noopener,noreferrer");
  } catch (error) {
    report(error);
  }
}
