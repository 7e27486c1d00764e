/**
 * A toolbar for a console, `<curfew-toolbar for="…">`, with the tools of the gateway's own page: keys, clipboard, text, search,
 * screenshot, display, full screen, and a row of keys for touch. Its parts are exported, too, for a bar of your own.
 * Importing this module defines no element and is safe on a server: call `defineToolbarElement()`.
 *
 * @packageDocumentation
 */
export { defineToolbarElement } from "./toolbar-element.ts";
export type { CurfewToolbarElement, ToolbarTarget } from "./types.ts";
export type { ConsoleWithTools } from "./tools/console-tools.ts";
export { closingButton, confirmDialog, openDialog, submitButton } from "./dialogs/dialog.ts";
export type { ConfirmOptions, DialogContent, DialogParts } from "./dialogs/dialog.ts";
export { HeldKeys } from "./keys/held-keys.ts";
export type { Modifier } from "./keys/held-keys.ts";
export { keyNames, leaveKeyNames } from "./keys/key-names.ts";
export type { NamedKey } from "./keys/key-names.ts";
export { createKeyRow } from "./keys/key-row.ts";
export { createSerialKeyRow } from "./keys/serial-key-row.ts";
export { toolbarTextsFor } from "./locales/toolbar-texts.ts";
export type { ToolbarTexts } from "./locales/types.ts";
export { keyRowTool } from "./tools/key-row-tool.ts";
export { showPasteProgress, showTypingProgress } from "./tools/paste-progress.ts";
export type { PastingConsole } from "./tools/paste-progress.ts";
export type { KeyboardConsole, ScreenConsole } from "./tools/screen-console.ts";
export {
  ctrlAltDelTool,
  fullScreenTool,
  keysTool,
  scaleItems,
  screenshotTool,
  viewOnlyTool,
} from "./tools/screen-tools.ts";
export { searchTool } from "./tools/search-tool.ts";
export { sizeTool } from "./tools/size-tool.ts";
export { pasteText, screenTextDialog } from "./tools/text-dialogs.ts";
export { setClipboard, typeText } from "./tools/text-tools.ts";
export { allows, copySelection, copyTool, fontSizeTools, pasteTool, terminalTools } from "./tools/terminal-tools.ts";
export type { MoreGroup, Tool, ToolCommand, ToolMenu, ToolPlace, ToolState } from "./tools/tool.ts";
export { createToolbar } from "./tools/toolbar.ts";
export type { IconName, KeyRowContext, ToolContext } from "./tools/tool-context.ts";
export { TouchControl } from "./touch/touch-control.ts";
export type { TouchedConsole } from "./touch/touch-control.ts";
export { trackpadTool } from "./touch/trackpad-tool.ts";
export { focusToolbar } from "./widgets/bar.ts";
export { textButton, toolButton } from "./widgets/buttons.ts";
export type { ButtonFace } from "./widgets/buttons.ts";
export { openContextMenu } from "./widgets/menu.ts";
export type { MenuGrid, MenuGroup, MenuItem, MenuOptions } from "./widgets/menu.ts";
