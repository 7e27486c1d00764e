import puppeteer, { type Browser } from "puppeteer-core";
import { findFirefox } from "../../../tools/setup/programs.ts";

const executablePath = findFirefox();

/** Whether this machine has a Firefox. */
export const hasFirefox: boolean = executablePath !== undefined;

/**
 * Launches an unmodified Firefox. Playwright drives only a build of its own, so puppeteer does, through WebDriver BiDi.
 * @throws Error when there is none
 */
export function launchFirefox(): Promise<Browser> {
  if (executablePath === undefined) throw new Error("there is no Firefox; expected firefox-esr or firefox on the PATH");
  return puppeteer.launch({ browser: "firefox", executablePath, headless: true });
}
