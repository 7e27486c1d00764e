/**
 * Types for the elements of `@curfew/client/element` in JSX. Import this module once, for its types only:
 * `import type {} from "@curfew/react/elements"`.
 *
 * @packageDocumentation
 */
import type { CurfewSerialElement, CurfewVncElement } from "@curfew/client/element";
import type { DetailedHTMLProps, HTMLAttributes } from "react";

/** The properties of `Element` that are not those of every element, as React 19 sets them. */
export type ElementProps<Element extends HTMLElement> = Partial<Omit<Element, keyof HTMLElement>> &
  DetailedHTMLProps<HTMLAttributes<Element>, Element>;

declare module "react" {
  // React's types of elements are a namespace.
  // oxlint-disable-next-line typescript/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      "curfew-vnc": ElementProps<CurfewVncElement>;
      "curfew-serial": ElementProps<CurfewSerialElement>;
    }
  }
}
