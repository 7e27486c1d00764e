import type { ConsoleType } from "@curfew/protocol";

/**
 * Creates the element that a view inserts into the page's element. It fills that element, and can be
 * removed without changing other content.
 *
 * @throws TypeError if `target` is not an element.
 */
export function createHost(target: HTMLElement, type: ConsoleType): HTMLElement {
  if (!(target instanceof HTMLElement))
    throw new TypeError("the first argument must be the element to show the console in");
  const host = target.ownerDocument.createElement("div");
  host.dataset["curfew"] = type;
  host.style.width = "100%";
  host.style.height = "100%";
  host.style.overflow = "hidden";
  return host;
}
