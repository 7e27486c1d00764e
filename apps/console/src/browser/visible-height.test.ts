import { expect, test } from "vitest";
import { followVisibleHeight } from "./visible-height.ts";

test("a keyboard over the page makes it lower, zooming in does not", () => {
  const properties = new Map<string, string>();
  const root = {
    clientHeight: 740,
    style: {
      setProperty: (name: string, value: string) => properties.set(name, value),
      removeProperty: (name: string) => properties.delete(name),
    },
  };
  Object.assign(globalThis, { window: { scrollTo: () => {} } });
  const viewport = Object.assign(new EventTarget(), { height: 740, scale: 1 });
  const become = (height: number, scale = 1): string | undefined => {
    Object.assign(viewport, { height, scale });
    viewport.dispatchEvent(new Event("resize"));
    return properties.get("--visible-height");
  };
  followVisibleHeight(viewport as unknown as VisualViewport, root as unknown as HTMLElement);
  expect(properties.size).toBe(0);
  expect(become(420.4)).toBe("420px");
  expect(become(740)).toBeUndefined();
  expect(become(370, 2)).toBeUndefined();
});
