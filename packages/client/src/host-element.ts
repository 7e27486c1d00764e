/** The element that a view puts into the page's own: it fills it, and can be removed without touching the rest. */
export function createHost(target: HTMLElement, kind: "vnc" | "serial"): HTMLElement {
  if (!(target instanceof HTMLElement))
    throw new TypeError("the first argument must be the element to show the console in");
  const host = target.ownerDocument.createElement("div");
  host.dataset["curfew"] = kind;
  host.style.width = "100%";
  host.style.height = "100%";
  host.style.overflow = "hidden";
  return host;
}
