/** Checks of the suite that cannot be run against Curfew, or that it does not pass, each with what it does. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  test_new_websocket_client_db_port: "yes: tested with a nova-compute of oslo.messaging",
  test_no_compute_rpcapi_with_invalid_token: "yes: tested with a validation that counts",
  test_address_string_doesnt_do_reverse_dns_lookup: "yes: addresses of clients are never looked up",
  test_proxy_ssl_without_cert: "yes, with exit status 1",
  test_proxy_web_dir_does_not_exist: "yes, with exit status 1",
  test_load_unknown: "yes, with exit status 1",
  B4: "yes: within `sessions.drain_timeout`, or at the second signal",
  B16: "yes: `sessions.max_duration` limits sessions",
};
