import fc from "fast-check";

/** The flags of Nova's VNC proxy, less those that only name files of configuration. */
const FLAGS: readonly string[] = `
--record --daemon --nodaemon --ssl_only --nossl_only --source_is_ipv6 --nosource_is_ipv6 --cert
--key --web --debug --nodebug --log-config-append --log-config --log-file --log_config --logfile
--log-dir --logdir --watch-log-file --use-syslog --nouse-syslog --use-journal --use-json
--log-date-format --syslog-log-facility --remote_debug-host --remote_debug-port
--vnc-novncproxy_host --vnc-novncproxy_port --vnc-auth_schemes --vnc-vencrypt_client_key
--vnc-vencrypt_client_cert --vnc-vencrypt_ca_certs --help --version
`
  .trim()
  .split(/\s+/);

const cut = fc
  .tuple(fc.constantFrom(...FLAGS), fc.nat({ max: 40 }))
  .map(([flag, length]) => (length < 20 ? flag : flag.slice(0, Math.max(3, flag.length + 20 - length))));

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("x", "6080", "none", "127.0.0.1", "a b", "a=b", "") },
  { weight: 2, arbitrary: fc.constantFrom("-1", "-1.5", "-.5", "-", "-x", "-d", "--web", "--deb", "-a b", "-1x") },
);

const part = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(cut, value) },
  { weight: 3, arbitrary: fc.tuple(cut, value).map(([flag, text]) => [`${flag}=${text}`]) },
  { weight: 4, arbitrary: cut.map((flag) => [flag]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(["-d"], ["-dd"], ["-D"], ["-web"], ["x"], ["-"], ["--no"], ["-d=1"]),
  },
);

/** Command lines, most of which have something wrong or something cut short. */
export const commandLines: fc.Arbitrary<string[]> = fc
  .array(part, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.flat());
