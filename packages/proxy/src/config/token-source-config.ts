import type { ConsoleType } from "../tokens/grant.ts";
import type { JwtSourceOptions } from "../tokens/jwt/jwt-source.ts";

/** An entry of `tokens.sources`, which `type` tells from the others, after defaults and checks. */
export type TokenSourceConfig =
  | ({ readonly type: "jwt" } & JwtSourceOptions)
  | {
      readonly type: "file";
      readonly path: string;
      readonly console_type: ConsoleType;
    }
  | {
      readonly type: "directory";
      readonly path: string;
      readonly format: "lines" | "names";
      readonly console_type: ConsoleType;
    }
  | {
      readonly type: "unix_directory";
      readonly path: string;
      readonly console_type: ConsoleType;
    }
  | {
      readonly type: "redis";
      readonly url: string;
      readonly namespace: string | null;
      readonly console_type: ConsoleType;
      readonly timeout: number;
    }
  | {
      readonly type: "http";
      readonly url: string;
      readonly timeout: number;
      readonly bearer_token: string | null;
      readonly console_type: ConsoleType;
    }
  | {
      readonly type: "fixed";
      readonly endpoint: string;
      readonly console_type: ConsoleType;
    }
  | {
      readonly type: "nova";
      readonly database: string | null;
      readonly api_database: string | null;
      readonly transport_url: string | null;
      readonly timeout: number;
      readonly max_connections: number;
    };

/** An entry of `tokens.sources` as written. */
export type TokenSourceInput =
  | ({ readonly type: "jwt" } & { readonly [Name in keyof JwtSourceOptions]?: JwtSourceOptions[Name] | undefined })
  | {
      readonly type: "file";
      readonly path: string;
      readonly console_type?: ConsoleType | undefined;
    }
  | {
      readonly type: "directory";
      readonly path: string;
      readonly format?: "lines" | "names" | undefined;
      readonly console_type?: ConsoleType | undefined;
    }
  | {
      readonly type: "unix_directory";
      readonly path: string;
      readonly console_type?: ConsoleType | undefined;
    }
  | {
      readonly type: "redis";
      readonly url: string;
      readonly namespace?: string | null | undefined;
      readonly console_type?: ConsoleType | undefined;
      readonly timeout?: number | undefined;
    }
  | {
      readonly type: "http";
      readonly url: string;
      readonly timeout?: number | undefined;
      readonly bearer_token?: string | null | undefined;
      readonly console_type?: ConsoleType | undefined;
    }
  | {
      readonly type: "fixed";
      readonly endpoint: string;
      readonly console_type?: ConsoleType | undefined;
    }
  | {
      readonly type: "nova";
      readonly database?: string | null | undefined;
      readonly api_database?: string | null | undefined;
      readonly transport_url?: string | null | undefined;
      readonly timeout?: number | undefined;
      readonly max_connections?: number | undefined;
    };
