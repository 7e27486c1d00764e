/**
 * Building blocks for a console page of your own: the logic of the elements in
 * `@curfew/client/element`, without styles and custom elements.
 *
 * @packageDocumentation
 */
export { cleanName } from "../util/clean-name.ts";
export { describeClose, describeReconnecting } from "./close-description.ts";
export type { CloseDescription } from "./close-description.ts";
export { Countdown } from "./countdown.ts";
export { createElement, setText } from "./dom.ts";
export type { ElementAttributes, ElementChild } from "./dom.ts";
export { ExpiryWarning } from "./expiry-warning.ts";
export type { ExpiryWarningOptions, Renewability, WarningPhase } from "./expiry-warning.ts";
export { FullScreen } from "./full-screen.ts";
export { KEYSYMS, SYS_RQ, characterKeysym, functionKey, keyOf } from "./keysyms.ts";
export type { Key, KeysymName } from "./keysyms.ts";
export { LEAVE_KEYS, leaveKeysLabel, listenForLeaveKeys } from "./leave-keys.ts";
export type { ModifierKey } from "./modifiers.ts";
export { refuseDrops } from "./refuse-drops.ts";
export { describeTakeover } from "./takeover-description.ts";
export type { TakeoverDescription } from "./takeover-description.ts";
export { describeWarning } from "./warning-description.ts";
export type { WarningDescription } from "./warning-description.ts";
