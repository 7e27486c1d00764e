import arrowDown from "lucide-static/icons/a-arrow-down.svg?raw";
import arrowUp from "lucide-static/icons/a-arrow-up.svg?raw";
import camera from "lucide-static/icons/camera.svg?raw";
import check from "lucide-static/icons/check.svg?raw";
import chevronDown from "lucide-static/icons/chevron-down.svg?raw";
import circleCheck from "lucide-static/icons/circle-check.svg?raw";
import circleQuestionMark from "lucide-static/icons/circle-question-mark.svg?raw";
import clipboardPaste from "lucide-static/icons/clipboard-paste.svg?raw";
import clock from "lucide-static/icons/clock.svg?raw";
import clockAlert from "lucide-static/icons/clock-alert.svg?raw";
import copy from "lucide-static/icons/copy.svg?raw";
import download from "lucide-static/icons/download.svg?raw";
import eraser from "lucide-static/icons/eraser.svg?raw";
import eye from "lucide-static/icons/eye.svg?raw";
import keyRound from "lucide-static/icons/key-round.svg?raw";
import keyboard from "lucide-static/icons/keyboard.svg?raw";
import lockOpen from "lucide-static/icons/lock-open.svg?raw";
import loaderCircle from "lucide-static/icons/loader-circle.svg?raw";
import maximize from "lucide-static/icons/maximize.svg?raw";
import minimize from "lucide-static/icons/minimize.svg?raw";
import monitor from "lucide-static/icons/monitor.svg?raw";
import monitorOff from "lucide-static/icons/monitor-off.svg?raw";
import monitorX from "lucide-static/icons/monitor-x.svg?raw";
import moon from "lucide-static/icons/moon.svg?raw";
import powerOff from "lucide-static/icons/power-off.svg?raw";
import refresh from "lucide-static/icons/refresh-cw.svg?raw";
import proportions from "lucide-static/icons/proportions.svg?raw";
import searchX from "lucide-static/icons/search-x.svg?raw";
import serverOff from "lucide-static/icons/server-off.svg?raw";
import shieldX from "lucide-static/icons/shield-x.svg?raw";
import squareTerminal from "lucide-static/icons/square-terminal.svg?raw";
import triangleAlert from "lucide-static/icons/triangle-alert.svg?raw";
import unlink from "lucide-static/icons/unlink.svg?raw";
import userX from "lucide-static/icons/user-x.svg?raw";
import users from "lucide-static/icons/users.svg?raw";
import wifiOff from "lucide-static/icons/wifi-off.svg?raw";
import activity from "lucide-static/icons/activity.svg?raw";
import arrowDownIcon from "lucide-static/icons/arrow-down.svg?raw";
import arrowLeft from "lucide-static/icons/arrow-left.svg?raw";
import arrowRight from "lucide-static/icons/arrow-right.svg?raw";
import arrowUpIcon from "lucide-static/icons/arrow-up.svg?raw";
import caseSensitive from "lucide-static/icons/case-sensitive.svg?raw";
import chevronUp from "lucide-static/icons/chevron-up.svg?raw";
import ellipsis from "lucide-static/icons/ellipsis.svg?raw";
import regex from "lucide-static/icons/regex.svg?raw";
import search from "lucide-static/icons/search.svg?raw";
import wholeWord from "lucide-static/icons/whole-word.svg?raw";
import x from "lucide-static/icons/x.svg?raw";

const SOURCES = {
  "a-arrow-down": arrowDown,
  "a-arrow-up": arrowUp,
  camera,
  check,
  "chevron-down": chevronDown,
  "circle-check": circleCheck,
  "circle-question-mark": circleQuestionMark,
  "clipboard-paste": clipboardPaste,
  clock,
  "clock-alert": clockAlert,
  copy,
  download,
  eraser,
  eye,
  "key-round": keyRound,
  keyboard,
  "loader-circle": loaderCircle,
  "lock-open": lockOpen,
  maximize,
  minimize,
  monitor,
  "monitor-off": monitorOff,
  "monitor-x": monitorX,
  moon,
  "power-off": powerOff,
  "refresh-cw": refresh,
  proportions,
  "search-x": searchX,
  "server-off": serverOff,
  "shield-x": shieldX,
  "square-terminal": squareTerminal,
  "triangle-alert": triangleAlert,
  unlink,
  "user-x": userX,
  users,
  "wifi-off": wifiOff,
  activity,
  "arrow-down": arrowDownIcon,
  "arrow-left": arrowLeft,
  "arrow-right": arrowRight,
  "arrow-up": arrowUpIcon,
  "case-sensitive": caseSensitive,
  "chevron-up": chevronUp,
  ellipsis,
  regex,
  search,
  "whole-word": wholeWord,
  x,
} as const;

/** An icon of the page, by its name in Lucide. */
export type IconName = keyof typeof SOURCES;

/** A decorative icon in the color of its text. The element around it carries the label. */
export function icon(name: IconName): SVGElement {
  const parsed = new DOMParser().parseFromString(SOURCES[name], "image/svg+xml");
  const svg = document.importNode(parsed.documentElement, true);
  if (!(svg instanceof SVGElement)) throw new Error(`icon ${name}: no SVG`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
