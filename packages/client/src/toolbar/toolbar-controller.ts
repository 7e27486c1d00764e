import type { ConsoleState } from "../connection/model/state.ts";
import type { CurfewSerialElement, CurfewVncElement } from "../element/types.ts";
import { messagesForElement } from "../element/page-language.ts";
import { createElement, setText } from "../ui/dom.ts";
import { reportError } from "../util/report-error.ts";
import { toolIcon } from "./icons.ts";
import { toolbarTextsFor } from "./locales/toolbar-texts.ts";
import type { ToolbarTexts } from "./locales/types.ts";
import { toolbarStyles } from "./styles.ts";
import type { CurfewToolbarElement, ToolbarTarget } from "./types.ts";
import { type ConsoleWithTools, consoleTools } from "./tools/console-tools.ts";
import type { ToolContext } from "./tools/tool-context.ts";
import { createToolbar } from "./tools/toolbar.ts";
import { focusToolbar } from "./widgets/bar.ts";

/** How long the toolbar tells what came of an action. */
const NOTICE_MS = 5_000;

/** Follows a toolbar's console, and shows its tools while it is connected. */
export class ToolbarController {
  readonly #element: CurfewToolbarElement;
  readonly #root: ShadowRoot;
  readonly #bar = createElement("div", { class: "bar" });
  readonly #menus = createElement("div", { class: "menus" });
  readonly #keys = createElement("div", { class: "keys" });
  readonly #tray = createElement("div", { class: "tray", part: "tray" });
  readonly #notice = createElement("p", { class: "notice", part: "notice", role: "status" });
  /** What lies over the console's upper edge, so that it does not change its size. */
  readonly #over = createElement("div", { class: "over" }, this.#tray, this.#notice);
  readonly #shell = createElement("div", { class: "shell" });
  #onTrayGone = (): void => {};
  #texts: ToolbarTexts | undefined;
  /** The newest request for texts. */
  #request: Promise<ToolbarTexts> | undefined;
  /** Stops following the target. */
  #following = new AbortController();
  /** Ends the tools of the console that has them. */
  #tools = new AbortController();
  #console: ConsoleWithTools | undefined;
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: CurfewToolbarElement, root: ShadowRoot) {
    this.#element = element;
    this.#root = root;
    this.#shell.append(this.#bar, this.#keys, this.#over, this.#menus);
    root.append(this.#shell);
  }

  /** Follows the element's target from now on, and its console's state. */
  follow(): void {
    this.#following.abort();
    this.#following = new AbortController();
    this.#root.adoptedStyleSheets = [toolbarStyles(this.#root.ownerDocument)];
    const { signal } = this.#following;
    const { target } = this.#element;
    const update = (): void => this.#update();
    if (target !== null && "connection" in target) target.connection.on("state", update, { signal });
    else {
      // An element may be added or defined later, and has a new console after each end.
      const source: EventTarget = target ?? this.#element.getRootNode();
      source.addEventListener("curfew-state", update, { signal });
    }
    this.#update();
  }

  release(): void {
    this.#following.abort();
    this.#clear();
  }

  focus(): void {
    const toolbar = this.#bar.querySelector<HTMLElement>("[role=toolbar]");
    if (toolbar !== null) focusToolbar(toolbar);
  }

  /** Loads the texts in the element's language. The element shows nothing before. */
  async loadTexts(): Promise<void> {
    const request = (this.#request = this.#wantedTexts());
    try {
      const texts = await request;
      if (this.#request !== request) return;
      this.#texts = texts;
      this.#clear();
      if (this.#element.isConnected) this.#update();
    } catch (error) {
      reportError(error); // The console works without its toolbar.
    }
  }

  async #wantedTexts(): Promise<ToolbarTexts> {
    if (this.#element.texts !== undefined) return this.#element.texts;
    const { language } = await messagesForElement(this.#element);
    return toolbarTextsFor(language);
  }

  get #target(): ToolbarTarget | undefined {
    const { htmlFor, target } = this.#element;
    if (target !== null) return target;
    const found = (this.#element.getRootNode() as Document | ShadowRoot).getElementById(htmlFor);
    return found !== null && "console" in found ? (found as CurfewVncElement | CurfewSerialElement) : undefined;
  }

  #update(): void {
    const target = this.#target;
    const console = target === undefined || "connection" in target ? target : (target.console ?? undefined);
    const state: ConsoleState | undefined = console?.connection.state;
    const isConnected = state?.status === "connected";
    // Until the next session has begun, the tools of the last one keep their place.
    if (console !== this.#console && (isConnected || console === undefined)) {
      this.#clear();
      if (console !== undefined) this.#show(console, target instanceof HTMLElement ? target : undefined);
    }
    if (state?.status === "closed") this.#closeParts();
    this.#shell.toggleAttribute("inert", !isConnected);
    this.#shell.toggleAttribute("data-view-only", console?.viewOnly === true);
  }

  /** Closes what works with the session that is over. */
  #closeParts(): void {
    this.#setTray(undefined);
    for (const dialog of this.#root.querySelectorAll("dialog")) dialog.close();
  }

  #clear(): void {
    this.#tools.abort();
    this.#console = undefined;
    clearTimeout(this.#noticeTimer);
    setText(this.#notice, "");
    this.#closeParts();
    for (const part of [this.#bar, this.#keys, this.#menus]) part.replaceChildren();
  }

  #show(console: ConsoleWithTools, element: HTMLElement | undefined): void {
    const texts = this.#texts;
    if (texts === undefined) return;
    this.#console = console;
    this.#tools = new AbortController();
    this.#shell.lang = texts.language;
    const context = this.#context(console, element?.ariaLabel || element?.id || "", texts);
    this.#bar.replaceChildren(createToolbar(consoleTools(console, element, context), context));
    this.#followLeave(console, element);
    // An element that was removed from the page ends its console without an event that others hear.
    console.connection.on("state", () => this.#update(), { signal: this.#tools.signal });
  }

  /** The keys that leave the console go to the toolbar, unless a warning has the button that the user needs. */
  #followLeave(console: ConsoleWithTools, element: HTMLElement | undefined): void {
    const { signal } = this.#tools;
    const leave = (): void => {
      // The element's own listener ran first, and has focused a button of the warning if there is one.
      if (!(element?.shadowRoot?.activeElement instanceof HTMLButtonElement)) this.focus();
    };
    if ("terminal" in console) console.on("leave", leave, { signal });
    else if ("setClipboard" in console) console.on("leave", leave, { signal });
    else console.on("leave", leave, { signal });
  }

  #context(console: ConsoleWithTools, name: string, texts: ToolbarTexts): ToolContext {
    const { state } = console.connection;
    return {
      texts,
      icon: toolIcon,
      signal: this.#tools.signal,
      viewOnly: state.status === "connected" && state.session?.access === "view",
      name: () => name,
      isConnected: () => console.connection.state.status === "connected",
      refocus: () => console.focus(),
      notify: (text) => this.#notify(text),
      addMenu: (menu) => this.#menus.append(menu),
      setKeyRow: (row) => this.#keys.replaceChildren(...(row === undefined ? [] : [row])),
      setTray: (row, onGone) => this.#setTray(row, onGone),
      showDialog: (dialog) => this.#showDialog(dialog, texts),
      load: (part) => this.#load(part, texts),
      setViewOnly: (viewOnly) => this.#shell.toggleAttribute("data-view-only", viewOnly),
    };
  }

  #setTray(row: HTMLElement | undefined, onGone: () => void = () => {}): void {
    this.#tray.replaceChildren(...(row === undefined ? [] : [row]));
    this.#onTrayGone();
    this.#onTrayGone = onGone;
  }

  #showDialog(dialog: HTMLDialogElement, { language }: ToolbarTexts): void {
    dialog.lang = language;
    // Outside a modal dialog, the notice would not be announced.
    dialog.append(this.#notice);
    dialog.addEventListener("close", () => {
      if (dialog.contains(this.#notice)) this.#over.append(this.#notice);
    });
    this.#root.append(dialog);
    dialog.showModal();
  }

  /** Waits for a part that is loaded on demand. */
  async #load<Part>(part: Promise<Part>, { notices }: ToolbarTexts): Promise<Part | undefined> {
    const { signal } = this.#tools;
    try {
      const loaded = await part;
      return signal.aborted ? undefined : loaded;
    } catch {
      if (!signal.aborted) this.#notify(notices.partMissing);
      return undefined;
    }
  }

  #notify(text: string): void {
    clearTimeout(this.#noticeTimer);
    setText(this.#notice, text);
    this.#noticeTimer = setTimeout(() => setText(this.#notice, ""), NOTICE_MS);
  }
}
