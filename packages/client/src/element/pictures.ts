const svgSpace = "http://www.w3.org/2000/svg";

/** From the top clockwise, so that an arc of it begins there. */
const circle = "M12 2a10 10 0 1 1 0 20a10 10 0 1 1 0-20";

const signs = {
  clock: "M12 7v5l3 1.75",
  leave: "M7.5 12h9",
  done: "M7.5 12.5l3 3 6-6.5",
  problem: "M12 7v5.5M12 16.5v.1",
};

/** Names of the icons. */
export type IconName = keyof typeof signs;

/** Lines in the colour of the text; a path's class is its name here. */
function drawing(className: string, paths: Readonly<Record<string, string>>): SVGSVGElement {
  const picture = document.createElementNS(svgSpace, "svg");
  picture.setAttribute("class", className);
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  for (const [name, d] of Object.entries(paths)) {
    const path = document.createElementNS(svgSpace, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", d);
    path.setAttribute("pathLength", "100");
    picture.append(path);
  }
  return picture;
}

/** A sign in a circle. */
export function icon(name: IconName): SVGSVGElement {
  return drawing("icon", { circle, sign: signs[name] });
}

/** A circle that turns. */
export function spinner(): SVGSVGElement {
  return drawing("icon spinner", { track: circle, arc: circle });
}

/** A circle that empties while time runs out. */
export class Ring {
  readonly root: SVGSVGElement;

  /** @param sign - drawn inside: with `clock`, it is the face of one */
  constructor(sign?: IconName) {
    this.root = drawing("icon", { track: circle, arc: circle, ...(sign ? { sign: signs[sign] } : {}) });
  }

  /** Shows `left` of `total`. */
  show(left: number, total: number): void {
    this.root.style.setProperty("--left", String(total > 0 ? Math.min(100, (100 * left) / total) : 0));
  }
}
