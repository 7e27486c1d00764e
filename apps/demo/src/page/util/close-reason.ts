import { english } from "@curfew/client/messages/en";

const TITLES: Readonly<Record<string, { readonly title: string } | undefined>> = english.closeReasons;

/** A close reason in words. Those of the gateway's log that the SDK does not know stay as they are. */
export function closeReasonTitle(reason: string): string {
  return TITLES[reason]?.title ?? reason;
}
