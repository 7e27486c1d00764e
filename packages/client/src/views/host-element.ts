import type { ConsoleType } from "@curfew/protocol";

/**
 * Creates the element that a view inserts into the page's element. It fills that element, and can be
 * removed without changing other content. What the view shows in it never changes the size of the
 * page's element.
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
  // A picture as wide as the machine's screen would otherwise widen a grid column of `1fr`.
  host.style.contain = "size";
  return host;
}

/** Whether a host is rendered with a size. A host in a hidden tab (`display: none`) is not. */
export function hasSize({ clientWidth, clientHeight }: HTMLElement): boolean {
  return clientWidth > 0 && clientHeight > 0;
}

/** What to tell developers whose element is rendered, but without a size: nothing would be seen. Undefined otherwise. */
export function sizeProblem(host: HTMLElement): string | undefined {
  if (hasSize(host) || host.getClientRects().length === 0) return undefined;
  const { clientWidth, clientHeight } = host;
  return `the console's element is ${clientWidth} × ${clientHeight} pixels, so nothing is visible: give it a width and a height`;
}
