import { afterEach, describe, expect, test, vi } from "vitest";
import { type FakeVnc, speakRfb } from "../../test/fake-vnc.ts";
import { ElementPage, reaches } from "../../test/element-page.ts";
import type { CurfewVncElement } from "../element/index.ts";
import { type CurfewToolbarElement, defineToolbarElement } from "./index.ts";

const page = new ElementPage();
defineToolbarElement();
afterEach(() => vi.restoreAllMocks());

const VNC = `<curfew-vnc id="machine" url="ws://gateway/ws" autoconnect></curfew-vnc>`;
const SERIAL = `<curfew-serial id="machine" url="ws://gateway/ws" autoconnect></curfew-serial>`;

function addToolbar(attributes = `for="machine" lang="en"`): CurfewToolbarElement {
  document.body.insertAdjacentHTML("afterbegin", `<curfew-toolbar ${attributes}></curfew-toolbar>`);
  const toolbar = document.querySelector("curfew-toolbar") as CurfewToolbarElement;
  toolbar.style.width = "60rem";
  return toolbar;
}

const all = (toolbar: Element, selector: string): HTMLElement[] =>
  [...(toolbar.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])].filter((one) => one.checkVisibility());
const labels = (toolbar: Element, selector = ".tools > .tool"): (string | null)[] =>
  all(toolbar, selector).map((one) => one.getAttribute("aria-label") ?? one.textContent);
const shows = (toolbar: Element): Promise<void> =>
  vi.waitFor(() => expect(all(toolbar, ".tools > .tool").length).toBeGreaterThan(0));

function press(toolbar: Element, label: string): void {
  const found = all(toolbar, "button").find((one) => (one.ariaLabel ?? one.textContent) === label);
  if (!found) throw new Error(`no button ${label}, but ${labels(toolbar, "button").join(", ")}`);
  found.click();
}

function key(toolbar: Element, name: string): string | null | undefined {
  const focused = toolbar.shadowRoot?.activeElement;
  focused?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  return toolbar.shadowRoot?.activeElement?.ariaLabel;
}

/** The open dialog of a toolbar. */
async function dialogOf(toolbar: Element): Promise<HTMLDialogElement> {
  const found = (): HTMLDialogElement | null | undefined => toolbar.shadowRoot?.querySelector("dialog");
  await vi.waitFor(() => expect(found()?.matches(":modal")).toBe(true));
  return found() as HTMLDialogElement;
}

const noDialog = (toolbar: Element): Promise<void> =>
  vi.waitFor(() => expect(toolbar.shadowRoot?.querySelector("dialog")).toBeNull());
const notice = (toolbar: Element): string | null | undefined =>
  toolbar.shadowRoot?.querySelector("[role=status]")?.textContent;

/** Enters a text in the dialog for text, and chooses what happens to it. */
async function enter(toolbar: Element, text: string, choice: string): Promise<void> {
  const field = (await dialogOf(toolbar)).querySelector("textarea");
  expect(toolbar.shadowRoot?.activeElement).toBe(field);
  if (field !== null) field.value = text;
  press(toolbar, choice);
}

/** A VNC console whose machine is asked about, and its toolbar. */
async function withMachine(access?: "view"): Promise<{
  readonly toolbar: CurfewToolbarElement;
  readonly element: CurfewVncElement;
  readonly machine: FakeVnc;
}> {
  page.answers = false;
  const toolbar = addToolbar();
  const element = page.add<"curfew-vnc">(VNC);
  await vi.waitFor(() => expect(page.gateway.sockets).toHaveLength(1));
  const { socket } = page.gateway;
  socket.accept();
  const hello = { type: "hello", session: "s1", expiresInMs: 600_000, renewable: true } as const;
  socket.session.send(access === undefined ? hello : { ...hello, access });
  const machine = speakRfb(socket);
  await reaches(element, "connected");
  await shows(toolbar);
  return { toolbar, element, machine };
}

describe("the toolbar of a VNC console", () => {
  test("is one tab stop, with arrow keys, Home and End between the tools", async () => {
    const { toolbar } = await withMachine();
    expect(labels(toolbar)).toEqual([
      "Send Ctrl + Alt + Del",
      "Send keys",
      "Paste",
      "Save screenshot",
      "Display",
      "Full screen",
      "More",
      "Disconnect",
    ]);
    expect(all(toolbar, ".tools > [tabindex='0']")).toHaveLength(1);
    toolbar.focus();
    expect(toolbar.shadowRoot?.activeElement?.ariaLabel).toBe("Send Ctrl + Alt + Del");
    expect(key(toolbar, "ArrowRight")).toBe("Send keys");
    expect(key(toolbar, "End")).toBe("Disconnect");
    expect(key(toolbar, "ArrowRight")).toBe("Send Ctrl + Alt + Del");
    expect(key(toolbar, "ArrowLeft")).toBe("Disconnect");
    expect(key(toolbar, "Home")).toBe("Send Ctrl + Alt + Del");
    expect(all(toolbar, ".tools > [tabindex='0']")).toHaveLength(1);
  });

  test("sends keys, and holds modifiers until they are released or the console ends", async () => {
    const { toolbar, machine, element } = await withMachine();
    press(toolbar, "Send Ctrl + Alt + Del");
    await vi.waitFor(() => expect(machine.keys).toHaveLength(6));
    expect(machine.keys.map(([keysym]) => keysym)).toEqual([0xffe3, 0xffe9, 0xffff, 0xffff, 0xffe9, 0xffe3]);
    press(toolbar, "Send keys");
    press(toolbar, "Hold down: Alt");
    await vi.waitFor(() => expect(machine.keys.at(-1)).toEqual([0xffe9, true]));
    element.viewOnly = true;
    await vi.waitFor(() => expect(machine.keys.at(-1)).toEqual([0xffe9, false]));
  });

  test("has what finds no room in the menu More", async () => {
    const { toolbar } = await withMachine();
    toolbar.style.width = "20rem";
    expect(labels(toolbar)).toEqual(["Send keys", "Paste", "More"]);
    press(toolbar, "More");
    const items = all(toolbar, ".menu-item").map((one) => one.textContent);
    expect(items).toContain("Save screenshot");
    expect(items.at(-1)).toBe("Disconnect");
  });

  test("has the row of keys for touch", async () => {
    const { toolbar, machine } = await withMachine();
    press(toolbar, "More");
    press(toolbar, "On-screen keys");
    press(toolbar, "Esc");
    await vi.waitFor(() =>
      expect(machine.keys).toEqual([
        [0xff1b, true],
        [0xff1b, false],
      ]),
    );
  });

  test("goes where the keys lead that leave the console", async () => {
    const { toolbar, element } = await withMachine();
    element.focus();
    const canvas = element.shadowRoot?.activeElement;
    const modifiers = { ctrlKey: true, altKey: true, shiftKey: true, bubbles: true };
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", code: "ShiftLeft", ...modifiers }));
    canvas?.dispatchEvent(new KeyboardEvent("keyup", { key: "Shift", code: "ShiftLeft", bubbles: true }));
    await vi.waitFor(() => expect(document.activeElement).toBe(toolbar));
    key(toolbar, "Escape");
    expect(document.activeElement).toBe(element);

    element.renew = () => "new-token";
    page.gateway.socket.session.send({ type: "expiring", expiresInMs: 50_000 });
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", code: "ShiftLeft", ...modifiers }));
    canvas?.dispatchEvent(new KeyboardEvent("keyup", { key: "Shift", code: "ShiftLeft", bubbles: true }));
    await vi.waitFor(() => expect(element.shadowRoot?.activeElement?.textContent).toBe("Renew"));
    expect(document.activeElement).toBe(element);
  });

  test("has no tools that send input where the session only looks", async () => {
    const { toolbar } = await withMachine("view");
    expect(labels(toolbar)).toEqual(["Paste", "Save screenshot", "Display", "Full screen", "More", "Disconnect"]);
  });

  test("does not paste or copy against the option for the clipboard", async () => {
    const { toolbar, element, machine } = await withMachine();
    element.clipboard = "from-machine";
    press(toolbar, "Paste");
    const states = all(toolbar, ".menu-item").map((one) => [one.textContent, one.ariaDisabled]);
    expect(states).toEqual([
      ["Set the machine’s clipboard", "true"],
      ["Type your clipboard", null],
      ["Copy the machine’s clipboard", "false"],
      ["Text and clipboard", null],
    ]);
    press(toolbar, "Text and clipboard");
    await dialogOf(toolbar);
    expect(labels(toolbar, "dialog .button")).toEqual(["Insert your clipboard", "Cancel", "Type text"]);
    expect(element.console?.setClipboard("secret")).toBe(false);
    element.clipboard = "both";
    expect(element.console?.setClipboard("text")).toBe(true);
    await vi.waitFor(() => expect(machine.pasted).toEqual(["text"]));
  });

  test("has a dialog for text, which is typed or put into the machine’s clipboard", async () => {
    const { toolbar, element, machine } = await withMachine();
    const received = new Promise((resolve) => element.console?.on("clipboard", resolve));
    machine.clipboard("from the machine");
    await received;
    vi.spyOn(navigator.clipboard, "readText").mockRejectedValueOnce(new DOMException("no", "NotAllowedError"));
    press(toolbar, "Paste");
    press(toolbar, "Text and clipboard");
    const dialog = await dialogOf(toolbar);
    expect(dialog.lang).toBe("en");
    expect(dialog.querySelector<HTMLTextAreaElement>("[readonly]")?.value).toBe("from the machine");
    press(toolbar, "Insert your clipboard");
    // Inside the dialog: what is outside of a modal dialog is not announced.
    await vi.waitFor(() => expect(dialog.querySelector("[role=status]")?.textContent).toContain("did not allow"));
    await enter(toolbar, "ab", "Type text");
    await vi.waitFor(() => expect(notice(toolbar)).toBe("Text typed."));
    expect(machine.keys.filter(([, down]) => down).map(([keysym]) => keysym)).toEqual([0x61, 0x62]);
    expect(document.activeElement).toBe(element);
    await noDialog(toolbar);

    press(toolbar, "Paste");
    press(toolbar, "Text and clipboard");
    await enter(toolbar, "for its clipboard", "Set clipboard");
    await vi.waitFor(() => expect(machine.pasted).toEqual(["for its clipboard"]));
    await noDialog(toolbar);

    press(toolbar, "Paste");
    press(toolbar, "Text and clipboard");
    await dialogOf(toolbar);
    await element.close();
    await noDialog(toolbar);
  });

  test("asks before it types a long text, tells how far it is, and stops it", async () => {
    const { toolbar, element, machine } = await withMachine();
    toolbar.style.width = "20rem";
    const typeLong = async (answer: string): Promise<void> => {
      press(toolbar, "Paste");
      press(toolbar, "Text and clipboard");
      await enter(toolbar, "x".repeat(20_001), "Type text");
      await vi.waitFor(() => expect(labels(toolbar, "dialog h2")).toEqual(["Type 20001 characters?"]));
      press(toolbar, answer);
      await noDialog(toolbar);
    };
    await typeLong("Cancel");
    expect(machine.keys).toEqual([]);
    await typeLong("Type text");
    await vi.waitFor(() => expect(all(toolbar, "progress")).toHaveLength(1));
    const [stop] = all(toolbar, ".tray button");
    expect(stop?.textContent).toBe("Stop");
    const { left, top } = stop?.getBoundingClientRect() ?? new DOMRect();
    expect(toolbar.shadowRoot?.elementFromPoint(left + 4, top + 4)?.closest("button"), "over the console").toBe(stop);
    stop?.click();
    await vi.waitFor(() => expect(notice(toolbar)).toBe("Typing was stopped."));
    expect(all(toolbar, ".tray > *")).toEqual([]);
    expect(document.activeElement).toBe(element);
    expect(machine.keys.length).toBeLessThan(20_001);
  });

  test("is out of use while the console is not connected, and has the tools of the next session", async () => {
    const { toolbar, element } = await withMachine();
    const first = all(toolbar, ".tools")[0];
    page.gateway.socket.session.drop();
    await reaches(element, "reconnecting");
    expect(toolbar.shadowRoot?.querySelector(".shell")?.hasAttribute("inert")).toBe(true);
    await element.close();
    page.answers = true;
    void element.connect();
    await reaches(element, "connected");
    expect(all(toolbar, ".tools")[0]).not.toBe(first);
    expect(toolbar.shadowRoot?.querySelector(".shell")?.hasAttribute("inert")).toBe(false);
  });
});

test("the toolbar of a serial console changes the text's size and clears the screen", async () => {
  const element = await page.connected<"curfew-serial">(SERIAL);
  const toolbar = addToolbar();
  await shows(toolbar);
  expect(labels(toolbar)).toContain("Copy selection");
  press(toolbar, "Larger text");
  expect(element.fontSize).toBe(15);
  expect(all(toolbar, "[role=status]").map((one) => one.textContent)).toEqual(["Text size 15"]);
  const clear = vi.spyOn(element.console as object as { clear(): void }, "clear");
  press(toolbar, "Clear screen");
  expect(clear).toHaveBeenCalled();
});

test("the toolbar of a serial console searches the terminal, without changing its size", async () => {
  const element = await page.connected<"curfew-serial">(SERIAL);
  const toolbar = addToolbar();
  await shows(toolbar);
  const { height } = toolbar.getBoundingClientRect();
  const find = vi.spyOn(element.console as NonNullable<typeof element.console>, "find");
  find.mockResolvedValue({ index: 0, count: 2 });
  press(toolbar, "Search");
  await vi.waitFor(() => expect(toolbar.shadowRoot?.activeElement?.ariaLabel).toBe("Search the terminal"));
  expect(toolbar.getBoundingClientRect().height).toBe(height);
  const input = toolbar.shadowRoot?.activeElement as HTMLInputElement;
  input.value = "login";
  input.dispatchEvent(new InputEvent("input"));
  await vi.waitFor(() => expect(labels(toolbar, "output")).toEqual(["1 of 2"]));
  expect(find).toHaveBeenLastCalledWith("login", expect.objectContaining({ incremental: true, regex: false }));
  press(toolbar, "Previous match");
  expect(find).toHaveBeenLastCalledWith("login", expect.objectContaining({ backwards: true }));
  input.focus();
  key(toolbar, "Escape");
  expect(toolbar.shadowRoot?.querySelector("search")).toBeNull();
  expect(find).toHaveBeenLastCalledWith("");
  expect(document.activeElement).toBe(element);
});

test("the toolbar of a serial console shows and changes the terminal's size, and types it into the shell", async () => {
  const element = await page.connected<"curfew-serial">(SERIAL);
  const toolbar = addToolbar();
  await shows(toolbar);
  const console = element.console as NonNullable<typeof element.console>;
  const shownSize = (): string | null | undefined => all(toolbar, ".tool-text")[0]?.textContent;
  expect(shownSize()).toBe(`${console.terminal?.cols} × ${console.terminal?.rows}`);
  press(toolbar, `Terminal size: ${shownSize()}`);
  press(toolbar, "Terminal size: 80 × 24");
  await vi.waitFor(() => expect(shownSize()).toBe("80 × 24"));
  expect(console.size).toEqual({ cols: 80, rows: 24 });
  const write = vi.spyOn(console, "write");
  press(toolbar, "Terminal size: 80 × 24");
  expect(all(toolbar, "[aria-checked=true]").map((one) => one.textContent)).toEqual(["Terminal size: 80 × 24"]);
  press(toolbar, "Tell the shell this size (stty)");
  expect(write).toHaveBeenCalledWith("stty rows 24 cols 80");
  expect(document.activeElement).toBe(element);
});

test("the toolbar of a serial console pastes from a dialog where the browser does not allow reading", async () => {
  const element = await page.connected<"curfew-serial">(SERIAL);
  const toolbar = addToolbar();
  await shows(toolbar);
  vi.spyOn(navigator.clipboard, "readText").mockRejectedValue(new DOMException("no", "NotAllowedError"));
  const paste = vi.spyOn(element.console as NonNullable<typeof element.console>, "paste");
  press(toolbar, "Paste");
  await enter(toolbar, "uptime", "Send");
  await vi.waitFor(() => expect(paste).toHaveBeenCalledExactlyOnceWith("uptime"));
  await noDialog(toolbar);
  expect(document.activeElement).toBe(element);
});

test("a toolbar takes a console that the page created itself, in place of an id", async () => {
  const element = await page.connected<"curfew-serial">(SERIAL);
  const toolbar = addToolbar(`lang="en"`);
  toolbar.target = element.console;
  await shows(toolbar);
  expect(labels(toolbar)).not.toContain("Full screen");
  toolbar.target = null;
  expect(all(toolbar, ".tools")).toEqual([]);
});

test.each([
  ["de", "Strg + Alt + Entf senden"],
  ["es", "Enviar"],
  ["fr", "Envoyer"],
  ["ja", "送信"],
  ["zh-Hans", "发送"],
])("a toolbar speaks %s", async (lang, label) => {
  await page.connected<"curfew-vnc">(VNC);
  const toolbar = addToolbar(`for="machine" lang="${lang}"`);
  await shows(toolbar);
  expect(labels(toolbar)[0]).toContain(label);
});
