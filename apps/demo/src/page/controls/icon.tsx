import appWindow from "lucide-static/icons/app-window.svg?raw";
import external from "lucide-static/icons/external-link.svg?raw";
import monitor from "lucide-static/icons/monitor.svg?raw";
import moon from "lucide-static/icons/moon.svg?raw";
import play from "lucide-static/icons/play.svg?raw";
import terminal from "lucide-static/icons/square-terminal.svg?raw";
import sun from "lucide-static/icons/sun.svg?raw";
import sunMoon from "lucide-static/icons/sun-moon.svg?raw";
import x from "lucide-static/icons/x.svg?raw";

const SVG = { appWindow, external, monitor, moon, play, terminal, sun, sunMoon, x };

export type IconName = keyof typeof SVG;

/** A decorative icon: the text beside it or the label of its button carries the meaning. */
export function Icon({ name }: { readonly name: IconName }) {
  return <span className="icon" aria-hidden="true" dangerouslySetInnerHTML={{ __html: SVG[name] }} />;
}
