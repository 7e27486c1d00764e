import { parseDatabaseUrl } from "../database/database-url.ts";
import { parseStoreUrl } from "./valkey/store-url.ts";

/** How long a prefix may be, so that databases take the names of tables and indexes that begin with it. */
export const MAX_TABLE_PREFIX = 40;

/** Whether the store of a URL is a database: MariaDB, MySQL or PostgreSQL. */
export function isDatabaseUrl(url: string): boolean {
  return /^(?:mysql|mariadb|postgres(?:ql)?)(?:\+\w*)?:/.test(url);
}

/** @throws TypeError saying what was expected of the URL of a store. It does not quote passwords. */
export function checkStoreUrl(url: string): void {
  if (isDatabaseUrl(url)) parseDatabaseUrl(url);
  else parseStoreUrl(url);
}
