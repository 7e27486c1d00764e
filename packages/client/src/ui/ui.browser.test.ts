import { afterEach, describe, expect, test, vi } from "vitest";
import { createElement, listenForLeaveKeys, setText } from "./index.ts";

afterEach(() => document.body.replaceChildren());

describe("createElement", () => {
  test("sets attributes and children, and leaves out what is not there", () => {
    const element = createElement(
      "p",
      { class: "a", hidden: true, title: "", lang: false, id: null, role: undefined },
      "<b>",
      null,
      createElement("i"),
      undefined,
    );
    expect(element.outerHTML).toBe('<p class="a" hidden="" title="">&lt;b&gt;<i></i></p>');
  });
});

test("setText leaves a node alone that has the text", () => {
  const element = createElement("p", {}, "a");
  const node = element.firstChild;
  setText(element, "a");
  expect(element.firstChild).toBe(node);
  setText(element, "b");
  expect(element.textContent).toBe("b");
});

describe.each([
  ["an element", (inner: HTMLElement): HTMLElement | Window => inner.parentElement ?? inner],
  ["the window", (): HTMLElement | Window => window],
])("the leave keys on %s", (_name, targetOf) => {
  const held = { ctrlKey: true, altKey: true, shiftKey: true };
  const setUp = () => {
    const inner = createElement("input");
    document.body.append(createElement("div", {}, inner));
    const onLeave = vi.fn<() => void>();
    const controller = new AbortController();
    const target = targetOf(inner);
    listenForLeaveKeys(target, onLeave, { signal: controller.signal });
    const key = (type: "keydown" | "keyup", name: string, modifiers = {}): void =>
      void inner.dispatchEvent(new KeyboardEvent(type, { key: name, bubbles: true, ...modifiers }));
    const settle = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));
    return { inner, target, onLeave, controller, key, settle };
  };

  test("leave after the last of them is up", async () => {
    const { onLeave, key, settle } = setUp();
    key("keydown", "Shift", held);
    key("keyup", "Shift", { ctrlKey: true, altKey: true });
    await settle();
    expect(onLeave).not.toHaveBeenCalled();
    key("keyup", "Control");
    await settle();
    expect(onLeave).toHaveBeenCalledTimes(1);
  });

  test("do not leave with AltGr, nor with Meta as well", async () => {
    const { inner, onLeave, key, settle } = setUp();
    inner.dispatchEvent(new KeyboardEvent("keydown", { key: "AltGraph", code: "AltRight", bubbles: true, ...held }));
    key("keyup", "AltGraph");
    key("keydown", "Meta", { ...held, metaKey: true });
    key("keyup", "Meta");
    await settle();
    expect(onLeave).not.toHaveBeenCalled();
  });

  test("do not leave with another key in between, after the focus was lost, or once stopped", async () => {
    const { inner, target, onLeave, controller, key, settle } = setUp();
    key("keydown", "Shift", held);
    key("keydown", "Delete", held);
    key("keyup", "Control");
    key("keydown", "Shift", held);
    if (target === window) window.dispatchEvent(new FocusEvent("blur"));
    else inner.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    key("keyup", "Control");
    controller.abort();
    key("keydown", "Shift", held);
    key("keyup", "Control");
    await settle();
    expect(onLeave).not.toHaveBeenCalled();
  });
});
