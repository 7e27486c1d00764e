import { describe, expect, test, vi } from "vitest";
import { serialFixture, shows } from "../../../test/serial-fixture.ts";
import { followLink } from "./web-links.ts";

const { gateway, target, connected, print } = serialFixture();
/** Of the extension WEBGL_debug_renderer_info. */
const UNMASKED_RENDERER = 0x9246;

/** The contrast of text and ground (WCAG 2.2, "contrast ratio"). */
function contrastOf({ color, backgroundColor }: CSSStyleDeclaration): number {
  const [a = 0, b = 0] = [luminanceOf(color), luminanceOf(backgroundColor)].toSorted((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const send = (text: string): void => gateway.socket.deliver(new TextEncoder().encode(text));

describe("the name of the field that has the keyboard", () => {
  const named = async (label?: string): Promise<string | null | undefined> => {
    const serial = await connected(label === undefined ? {} : { label });
    const name = target.querySelector("textarea")?.ariaLabel;
    await serial.close();
    return name;
  };

  test("is the label, else that of the element, else xterm's", async () => {
    expect(await named()).toBe("Terminal input");
    target.ariaLabel = "Console of web-03";
    expect(await named()).toBe("Console of web-03");
    expect(await named("Terminal")).toBe("Terminal");
    target.ariaLabel = null;
  });
});

describe("searching a serial console", () => {
  test("selects match after match in scrollback and screen, both ways, and counts them", async () => {
    const serial = await connected();
    send(`error 1\r\n${"fine\r\n".repeat(100)}Error 2\r\nerror 3\r\nend`);
    await shows(serial, "end");
    expect(serial.selection).toBe("");
    expect(await serial.find("error")).toEqual({ index: 0, count: 3 });
    expect(await serial.find("error")).toEqual({ index: 1, count: 3 });
    expect(serial.selection).toBe("Error");
    expect(await serial.find("error", { backwards: true })).toEqual({ index: 0, count: 3 });
    expect(await serial.find("error", { caseSensitive: true })).toMatchObject({ count: 2 });
    expect(await serial.find("err.r \\d", { regex: true })).toMatchObject({ count: 3 });
    expect(await serial.find("erro", { wholeWord: true })).toBeNull();
    expect(await serial.find("absent")).toBeNull();
    await serial.close();
    expect(serial.selection).toBe("");
  });

  test("stays at the selected match while it fits, while the user types", async () => {
    const serial = await connected();
    await print(serial, "error 1\r\nerr 2\r\nerror 3\r\nend", "end");
    expect(await serial.find("err", { incremental: true })).toEqual({ index: 0, count: 3 });
    expect(await serial.find("error", { incremental: true })).toEqual({ index: 0, count: 2 });
    expect(await serial.find("error", { incremental: true })).toEqual({ index: 0, count: 2 });
    expect(await serial.find("error")).toEqual({ index: 1, count: 2 });
    expect(await serial.find("err", { incremental: true })).toEqual({ index: 2, count: 3 });
    expect(await serial.find("err", { incremental: true, caseSensitive: true })).toEqual({ index: 2, count: 3 });
    await serial.close();
  });

  test.each(["dark", "light"] as const)("keeps text readable on its marks, in every color: %s", async (theme) => {
    const serial = await connected({ theme });
    const colors = Array.from({ length: 8 }, (_, at) => [30 + at, 90 + at]).flat();
    const line = `match ${colors.map((code) => `\u001B[${code}mmatch\u001B[0m`).join(" ")}`;
    await print(serial, `${line}\r\n${line}`, "match");
    await serial.find("match");
    // A cell with a mark is an element of its own.
    const marked = await vi.waitFor(() => {
      const cells = [...target.querySelectorAll<HTMLElement>(".xterm-rows span")];
      const found = cells.filter((cell) => cell.style.backgroundColor !== "");
      expect(found.map((cell) => cell.textContent).join("")).toBe("match".repeat(34));
      expect(new Set(found.map((cell) => cell.style.backgroundColor)).size).toBe(2);
      return found;
    });
    const low = marked.map((cell) => contrastOf(getComputedStyle(cell))).filter((ratio) => ratio < 4.5);
    expect(low).toEqual([]);
    await serial.close();
  });

  test("has its marks in the colors of the theme that is shown", async () => {
    const serial = await connected({ theme: "dark" });
    await print(serial, "match match match");
    await serial.find("match");
    await serial.find("match");
    const grounds = (): ReadonlySet<string> => {
      const cells = [...target.querySelectorAll<HTMLElement>(".xterm-rows span")];
      return new Set(cells.map((cell) => cell.style.backgroundColor).filter((ground) => ground !== ""));
    };
    // Those of matches, and that of the selection on one of them.
    await vi.waitFor(() => expect(grounds()).toEqual(new Set(["rgb(74, 61, 0)", "rgb(58, 90, 128)"])));
    serial.theme = "light";
    await vi.waitFor(() => expect(grounds()).toEqual(new Set(["rgb(255, 229, 143)", "rgb(180, 213, 254)"])));
    expect(await serial.find("match")).toEqual({ index: 2, count: 3 });
    await serial.find("");
    serial.theme = "dark";
    await vi.waitFor(() => expect(grounds()).toEqual(new Set()));
    await serial.close();
  });

  test("ends with an empty text, and finds nothing once closed", async () => {
    const serial = await connected();
    await print(serial, "word");
    await serial.find("word");
    await vi.waitFor(() => expect(target.querySelector(".xterm-find-result-decoration")).not.toBeNull());
    expect(await serial.find("")).toBeNull();
    await vi.waitFor(() => expect(target.querySelector(".xterm-find-result-decoration")).toBeNull());
    const late = serial.find("word");
    await serial.close();
    expect(await late).toBeNull();
    expect(await serial.find("word")).toBeNull();
  });

  test("says which regular expression is none", async () => {
    const serial = await connected();
    await expect(serial.find("(", { regex: true })).rejects.toThrow('find: expected a regular expression, got "("');
    await serial.close();
  });
});

describe("what a serial console shows", () => {
  test("can be kept with its colors", async () => {
    const serial = await connected();
    await print(serial, "\u001B[31mred\u001B[0m plain", "red plain");
    expect(await serial.serialize("ansi")).toContain("\u001B[31mred\u001B[0m plain");
    expect(await serial.serialize("html")).toMatch(/<span style='color: #[0-9a-f]{6};'>red<\/span>/);
    await expect(serial.serialize("pdf" as never)).rejects.toThrow('format: expected "ansi" or "html", got "pdf"');
    const late = serial.serialize("ansi");
    await serial.close();
    expect(await late).toBe("");
  });

  test("has the widths of Unicode 11: an emoji takes two cells", async () => {
    const serial = await connected();
    // From the column after the emoji, backspace and overwrite: Unicode 6 would hit the emoji itself.
    await print(serial, "\u{1F9EA}|");
    send("\u001B[3GX");
    await shows(serial, "\u{1F9EA}X");
    await serial.close();
  });

  test("is drawn by WebGL where the page wants it, and by elements once the browser takes the context away", async () => {
    const serial = await connected({ renderer: "webgl" });
    const canvas = await vi.waitFor(() => {
      const found = target.querySelector<HTMLCanvasElement>(".xterm-screen canvas:not(.xterm-link-layer)");
      expect(found).not.toBeNull();
      return found;
    });
    expect(target.querySelector(".xterm-rows")).toBeNull();
    await print(serial, "drawn");
    canvas?.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
    // xterm.js waits 3 s for the context to come back.
    await vi.waitFor(() => expect(target.querySelector(".xterm-rows")?.textContent).toContain("drawn"));
    await serial.close();
    expect(target.childElementCount).toBe(0);
  });

  test("is drawn by elements unless the page wants something else", async () => {
    const serial = await connected();
    await print(serial, "drawn");
    await vi.waitFor(() => expect(target.querySelector(".xterm-rows")?.textContent).toContain("drawn"));
    expect(target.querySelector("canvas")).toBeNull();
    await serial.close();
  });

  test.each([
    ["ANGLE (NVIDIA, NVIDIA GeForce RTX 3060/PCIe/SSE2, OpenGL ES 3.2)", "webgl"],
    ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", "dom"],
    ["llvmpipe (LLVM 15.0.6, 256 bits)", "dom"],
  ])("is drawn on %s by %s where the page leaves it open", async (name, drawnBy) => {
    const { prototype } = WebGL2RenderingContext;
    const real = Reflect.get(prototype, "getParameter") as (parameter: number) => unknown;
    const stub = vi.spyOn(prototype, "getParameter").mockImplementation(function (this: unknown, parameter: number) {
      return parameter === UNMASKED_RENDERER ? name : real.call(this, parameter);
    });
    const serial = await connected({ renderer: "auto" });
    await print(serial, "drawn");
    await import("@xterm/addon-webgl");
    await vi.waitFor(() => expect(target.querySelector(".xterm-rows") ? "dom" : "webgl").toBe(drawnBy));
    stub.mockRestore();
    await serial.close();
  });

  test("is read to screen readers where the page wants that", async () => {
    const serial = await connected({ screenReader: true });
    await print(serial, "spoken");
    await vi.waitFor(() => expect(target.querySelector(".xterm-accessibility")?.textContent).toContain("spoken"));
    await serial.close();
  });
});

describe("links on a serial console", () => {
  const click = (init: MouseEventInit = {}): MouseEvent => new MouseEvent("click", init);

  test("open in a tab that learns nothing of the page, after Ctrl- or Cmd-click or what the page decides", async () => {
    const open = vi.spyOn(window, "open").mockReturnValue(null);
    await followLink("https://a.example/x", click());
    await followLink("https://a.example/x", click({ ctrlKey: true }), () => false);
    expect(open).not.toHaveBeenCalled();
    await followLink("https://a.example/1", click({ ctrlKey: true }));
    await followLink("http://a.example/2", click({ metaKey: true }));
    await followLink("https://a.example/3", click(), (url) => Promise.resolve(url.endsWith("3")));
    expect(open.mock.calls).toEqual([
      ["https://a.example/1", "_blank", "noopener,noreferrer"],
      ["http://a.example/2", "_blank", "noopener,noreferrer"],
      ["https://a.example/3", "_blank", "noopener,noreferrer"],
    ]);
    open.mockRestore();
  });

  test("are shown as they open: an international name as Punycode, reversing characters encoded", async () => {
    const open = vi.spyOn(window, "open").mockReturnValue(null);
    const asked: string[] = [];
    await followLink("https://ex\u0430mple.com/\u202Egpj.exe", click(), (url) => Boolean(asked.push(url)));
    expect(asked).toEqual(["https://xn--exmple-4nf.com/%E2%80%AEgpj.exe"]);
    expect(open.mock.calls[0]?.[0]).toBe(asked[0]);
    open.mockRestore();
  });

  test.each(["javascript:alert(1)", "file:///etc/passwd", "https://", "data:text/html,x"])(
    "never open %s, whatever the page decides",
    async (url) => {
      const open = vi.spyOn(window, "open").mockReturnValue(null);
      await followLink(url, click({ ctrlKey: true }), () => true);
      expect(open).not.toHaveBeenCalled();
      open.mockRestore();
    },
  );

  test.each([
    ["as plain text", "https://a.example/doc", "https"],
    ["as a hyperlink with a text of its own", "\u001B]8;;https://a.example/doc\u0007see here\u001B]8;;\u0007", "see"],
  ])("are found when printed %s", async (_how, printed, visible) => {
    const asked: string[] = [];
    const onLink = (url: string): boolean => {
      asked.push(url);
      return false;
    };
    const serial = await connected({ onLink });
    await print(serial, printed, visible);
    const screen = target.querySelector<HTMLElement>(".xterm-screen");
    const { left, top } = screen?.getBoundingClientRect() ?? { left: 0, top: 0 };
    const at = { clientX: left + 20, clientY: top + 8, bubbles: true, button: 0 };
    await vi.waitFor(() => {
      screen?.dispatchEvent(new MouseEvent("mousemove", { ...at, clientX: at.clientX + 40 }));
      screen?.dispatchEvent(new MouseEvent("mousemove", at));
      screen?.dispatchEvent(new MouseEvent("mousedown", at));
      screen?.dispatchEvent(new MouseEvent("mouseup", at));
      expect(asked[0]).toBe("https://a.example/doc");
    });
    await serial.close();
  });
});
