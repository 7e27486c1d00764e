import type { Check } from "../check.ts";
import { ACCESS_PATH_CHECKS } from "./access-path.ts";
import { EXPIRY_CHECKS } from "./expiry.ts";
import { HTTP_CHECKS } from "./http.ts";
import { ORIGIN_CHECKS } from "./origins.ts";
import { RFB_CHECKS } from "./rfb.ts";
import { TOKEN_CHECKS } from "./tokens.ts";
import { UNOBSERVABLE_CHECKS } from "./unobservable.ts";
import { VENCRYPT_CHECKS } from "./vencrypt.ts";
import { WIRE_CHECKS } from "./wire.ts";

/** All checks. */
export const CHECKS: readonly Check[] = [
  ...TOKEN_CHECKS,
  ...ORIGIN_CHECKS,
  ...EXPIRY_CHECKS,
  ...WIRE_CHECKS,
  ...HTTP_CHECKS,
  ...ACCESS_PATH_CHECKS,
  ...RFB_CHECKS,
  ...VENCRYPT_CHECKS,
  ...UNOBSERVABLE_CHECKS,
];
