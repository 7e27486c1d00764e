import type { UnobservableCheck } from "../check.ts";

/** What a client and a console cannot see. */
export const UNOBSERVABLE_CHECKS: readonly UnobservableCheck[] = [
  {
    id: "test_new_websocket_client_db_port",
    title: "nova-compute is asked whether the console is still at its port, with the port as text and the type.",
    nova: "does",
    novaPasses: true,
    unobservable: "needs a message broker with a nova-compute that refuses",
  },
  {
    id: "test_no_compute_rpcapi_with_invalid_token",
    title: "nova-compute is not asked about a token that is unknown or has expired.",
    nova: "does",
    novaPasses: true,
    unobservable: "needs a message broker with a nova-compute that counts",
  },
  {
    id: "test_address_string_doesnt_do_reverse_dns_lookup",
    title: "The client's address is not looked up in the DNS.",
    nova: "does",
    novaPasses: true,
    unobservable: "needs the resolver of the proxy's machine",
  },
  {
    id: "test_proxy_ssl_without_cert",
    title: "`ssl_only` without a certificate ends the start with a line that says so.",
    nova: "`SSL only and <cert> not found`, exit status 255",
    novaPasses: true,
    unobservable: "needs the program, not its URL",
  },
  {
    id: "test_proxy_web_dir_does_not_exist",
    title: "A `web` folder that does not exist ends the start with a line that says so.",
    nova: "`Can not find html/js files at <web>.`, exit status 255",
    novaPasses: true,
    unobservable: "needs the program, not its URL",
  },
  {
    id: "test_load_unknown",
    title: "An unknown name in `auth_schemes` ends the start.",
    nova: "does",
    novaPasses: true,
    unobservable: "needs the program, not its URL",
  },
  {
    id: "B4",
    title: "SIGTERM ends the proxy in bounded time, whatever sessions there are.",
    nova: "with threads, hangs until the longest token has expired",
    novaPasses: false,
    unobservable: "needs the process, not its URL",
  },
  {
    id: "B16",
    title: "How long a link is good for and how long a session may last are two options.",
    nova: "has only `token_ttl` for both",
    novaPasses: false,
    unobservable: "is a matter of configuration",
  },
];
