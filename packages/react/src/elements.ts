/**
 * Types for the elements of `@curfew/client/element` and `@curfew/client/toolbar` in JSX. Import this module once, for its types only:
 * `import type {} from "@curfew/react/elements"`.
 *
 * @packageDocumentation
 */
import type {
  CurfewSerialElement,
  CurfewVncElement,
  SerialElementEventMap,
  VncElementEventMap,
} from "@curfew/client/element";
import type { CurfewToolbarElement } from "@curfew/client/toolbar";
import type { DetailedHTMLProps, HTMLAttributes } from "react";

/**
 * The properties of `Element` that are not those of every element, as React 19 sets them, and its events, to which
 * React 19 listens: `oncurfew-closed`.
 */
export type ElementProps<Element extends HTMLElement, Events> = Partial<Omit<Element, keyof HTMLElement>> & {
  [Name in keyof Events & string as `on${Name}`]?: (event: Events[Name]) => void;
} & DetailedHTMLProps<HTMLAttributes<Element>, Element>;

declare module "react" {
  // React's types of elements are a namespace.
  // oxlint-disable-next-line typescript/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      "curfew-vnc": ElementProps<CurfewVncElement, VncElementEventMap>;
      "curfew-serial": ElementProps<CurfewSerialElement, SerialElementEventMap>;
      "curfew-toolbar": ElementProps<CurfewToolbarElement, object> & { for?: string };
    }
  }
}
