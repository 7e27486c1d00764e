import type { IconName } from "./tools/tool-context.ts";

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Lines in a square of 24 units. */
const LINES: Readonly<Record<IconName, string>> = {
  "a-arrow-down": "M3 18l4.5-12L12 18M4.5 14h6M18 8v9m-3-3l3 3l3-3",
  "a-arrow-up": "M3 18l4.5-12L12 18M4.5 14h6M18 17V8m-3 3l3-3l3 3",
  "arrow-down": "M12 5v14m-6-6l6 6l6-6",
  "arrow-left": "M19 12H5m6-6l-6 6l6 6",
  "arrow-right": "M5 12h14m-6-6l6 6l-6 6",
  "arrow-up": "M12 19V5m-6 6l6-6l6 6",
  camera: "M3 8h4l2-3h6l2 3h4v11H3zM12 10a3 3 0 1 1 0 6a3 3 0 1 1 0-6",
  "case-sensitive": "M3 17l4-10l4 10M4.5 13.5h5M17.5 11a3 3 0 1 1 0 6a3 3 0 1 1 0-6M20.5 11v6",
  check: "M5 12.5l5 5l9-11",
  "chevron-down": "M6 9l6 6l6-6",
  "chevron-up": "M6 15l6-6l6 6",
  "clipboard-paste": "M9 4H6v16h12v-4M15 4h3v4M9 3h6v3H9zM21 12h-9m3-3l-3 3l3 3",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11m-5-5l5 5l5-5M4 20h16",
  ellipsis:
    "M4.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M11.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M18.5 12a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0",
  eraser: "M8 20h12M4 15L14 5l6 6l-9 9H8zM9 10l6 6",
  keyboard:
    "M4 6h16a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2zM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7 14h10",
  maximize: "M8 3H3v5M16 3h5v5M8 21H3v-5M16 21h5v-5",
  minimize: "M3 8h5V3M21 8h-5V3M3 16h5v5M21 16h-5v5",
  proportions: "M3 5h18v14H3zM3 10h10v9",
  regex: "M16 4v10M11.7 6.5l8.6 5M20.3 6.5l-8.6 5M5 17h3v3H5z",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13M15.5 15.5L20 20",
  "whole-word": "M3 16v3h18v-3M7 8a3 3 0 1 1 0 6a3 3 0 1 1 0-6M10 8v6M14 5v9M17 8a3 3 0 1 1 0 6a3 3 0 1 1 0-6",
  x: "M6 6l12 12M18 6L6 18",
};

/** A decorative icon in the color of its text. The element around it carries the label. */
export function toolIcon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG_NAMESPACE, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG_NAMESPACE, "path");
  path.setAttribute("d", LINES[name]);
  svg.append(path);
  return svg;
}
