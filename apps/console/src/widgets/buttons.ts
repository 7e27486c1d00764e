import { textButton as createTextButton } from "@curfew/client/toolbar";
import { createElement } from "@curfew/client/ui";
import { icon, type IconName } from "./icons.ts";

/** A button with a text label, for cards, dialogs and the banner. */
export function textButton(
  label: string,
  onPress: () => void,
  { kind = "plain", icon: name }: { readonly kind?: "primary" | "plain" | "quiet"; readonly icon?: IconName } = {},
): HTMLButtonElement {
  return createTextButton(label, onPress, { kind, ...(name === undefined ? {} : { icon: icon(name) }) });
}

/** A link that looks like a button. Web pages open in a new tab. */
export function textLink(label: string, href: string): HTMLAnchorElement {
  const newTab = /^https?:/.test(href) ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return createElement("a", { class: "button button-plain", href, ...newTab }, createElement("span", {}, label));
}
