/**
 * Keeps the page as high as what a touch screen's keyboard leaves of the window, so that the row of keys stands above it.
 * Some browsers make the window lower for the keyboard (`interactive-widget` in index.html), others only lay it over the
 * page.
 */
export function followVisibleHeight(viewport: VisualViewport | null, root: HTMLElement): void {
  if (viewport === null) return;
  const update = (): void => {
    // Zoomed in, less is visible, and the page stays as it is.
    const isCovered = viewport.scale < 1.01 && root.clientHeight - viewport.height > 1;
    if (isCovered) root.style.setProperty("--visible-height", `${Math.round(viewport.height)}px`);
    else root.style.removeProperty("--visible-height");
    // Browsers scroll the page to show the field that has the focus.
    if (isCovered) window.scrollTo(0, 0);
  };
  viewport.addEventListener("resize", update);
  update();
}
