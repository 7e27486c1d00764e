const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Starts at the top and runs clockwise, so that an arc of it starts there. */
const CIRCLE = "M12 2a10 10 0 1 1 0 20a10 10 0 1 1 0-20";

const SIGNS = {
  clock: "M12 7v5l3 1.75",
  leave: "M7.5 12h9",
  done: "M7.5 12.5l3 3 6-6.5",
  problem: "M12 7v5.5M12 16.5v.1",
};

/** Names of the icons. */
export type IconName = keyof typeof SIGNS;

/** Draws paths in the color of the text. The keys of `paths` become classes. */
function drawing(className: string, paths: Readonly<Record<string, string>>): SVGSVGElement {
  const svg = document.createElementNS(SVG_NAMESPACE, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const [name, d] of Object.entries(paths)) {
    const path = document.createElementNS(SVG_NAMESPACE, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", d);
    path.setAttribute("pathLength", "100");
    svg.append(path);
  }
  return svg;
}

/** A sign in a circle. */
export function icon(name: IconName): SVGSVGElement {
  return drawing("icon", { circle: CIRCLE, sign: SIGNS[name] });
}

/** A circle that turns. */
export function spinner(): SVGSVGElement {
  return drawing("icon spinner", { track: CIRCLE, arc: CIRCLE });
}

/** A circle that empties as time runs out. */
export class Ring {
  readonly root: SVGSVGElement;

  /** @param sign - drawn inside: `clock` makes the ring the face of a clock */
  constructor(sign?: IconName) {
    this.root = drawing("icon", { track: CIRCLE, arc: CIRCLE, ...(sign ? { sign: SIGNS[sign] } : {}) });
  }

  /** Shows `left` of `total`. */
  show(left: number, total: number): void {
    this.root.style.setProperty("--left", String(total > 0 ? Math.min(100, (100 * left) / total) : 0));
  }
}
