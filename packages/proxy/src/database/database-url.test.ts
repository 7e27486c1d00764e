import { expect, test } from "vitest";
import { parseDatabaseUrl } from "./database-url.ts";

test("a URL of oslo.db is read with everything that it says", () => {
  const url =
    "mysql+pymysql://nova:p%40ss@[::1]:3307/nova_cell1?charset=utf8&ssl_ca=/etc/ca.pem&ssl_cert=/etc/c.pem" +
    "&ssl_key=/etc/k.pem&read_timeout=30&connect_timeout=2.5";
  expect(parseDatabaseUrl(url)).toEqual({
    system: "mysql",
    host: "::1",
    port: 3307,
    socket: undefined,
    user: "nova",
    password: "p@ss",
    database: "nova_cell1",
    tls: {
      ca: "/etc/ca.pem",
      cert: "/etc/c.pem",
      key: "/etc/k.pem",
      passphrase: undefined,
      ciphers: undefined,
      verify: "name",
      optional: false,
    },
    connectMs: 2500,
    readMs: 30_000,
    sessionOptions: undefined,
  });
});

test.each([
  ["mysql://nova@db/nova", { system: "mysql", user: "nova", password: undefined, port: 3306, tls: undefined }],
  ["mariadb+mariadbconnector://nova:x@db/nova", { system: "mysql", password: "x" }],
  ["postgresql://nova:x@db/nova", { system: "postgresql", port: 5432, tls: { optional: true, verify: "nothing" } }],
  ["postgresql+psycopg2://nova:a:/b+c%2B%@db:1/nova", { password: "a:/b+c+%", port: 1 }],
  ["mysql+pymysql://nova:%C3%A4%zz@db/nova", { password: "ä%zz" }],
  [
    "mysql+pymysql:///nova?unix_socket=/run/mysqld/mysqld.sock",
    { host: "localhost", socket: "/run/mysqld/mysqld.sock" },
  ],
  ["postgresql:///nova?host=/run/postgresql&sslmode=verify-full", { socket: "/run/postgresql", tls: undefined }],
  ["postgresql://nova@/nova?host=db.example", { host: "db.example", socket: undefined }],
  ["postgresql://nova@db/nova?options=-csearch_path%3Dnova", { sessionOptions: "-csearch_path=nova" }],
  ["mysql://nova@db/nova?connect_timeout=0", { connectMs: undefined }],
])("%s", (url, settings) => {
  expect(parseDatabaseUrl(url)).toMatchObject(settings);
});

test.each([
  ["mysql", "ssl_ca=/ca", "name"],
  ["mysql", "ssl_ca=/ca&ssl_check_hostname=false", "authority"],
  ["mysql", "ssl_ca=/ca&ssl_verify_cert=false", "nothing"],
  ["mysql", "ssl_cert=/c&ssl_key=/k", "nothing"],
  ["mysql", "ssl_verify_cert=true", "name"],
  ["mysql", "ssl_mode=VERIFY_CA&ssl_ca=/ca", "authority"],
  ["mysql", "ssl_mode=VERIFY_IDENTITY", "name"],
  ["mysql", "ssl_mode=REQUIRED", "nothing"],
  ["postgresql", "sslmode=require", "nothing"],
  ["postgresql", "sslmode=require&sslrootcert=/ca", "authority"],
  ["postgresql", "sslmode=verify-ca&sslrootcert=/ca", "authority"],
  ["postgresql", "sslmode=verify-full", "name"],
])("%s with %s verifies %s", (system, query, verify) => {
  expect(parseDatabaseUrl(`${system}://nova@db/nova?${query}`).tls).toMatchObject({ verify, optional: false });
});

test.each(["mysql://nova@db/nova?ssl_mode=DISABLED&ssl_ca=/ca", "mysql://nova@db/nova?ssl_disabled=true&ssl_ca=/ca"])(
  "%s uses no TLS",
  (url) => {
    expect(parseDatabaseUrl(url).tls).toBeUndefined();
  },
);

test.each([
  ["sqlite:////tmp/secret.db", "begins with mysql or postgresql, but got sqlite"],
  ["mysql+unknown://nova:secret@db/nova", "expected one of the drivers pymysql, "],
  ["mysql://nova:secret@db", "expected the name of a database"],
  ["mysql://nova:secret@db:port/nova", "expected a port from 1 to 65535"],
  ["mysql://nova:secret@db:70000/nova", "expected a port from 1 to 65535"],
  ["mysql://nova:secret@db/nova?ssl_capath=/etc/ssl", "the parameter ssl_capath, which is not supported"],
  ["mysql://nova:secret@db/nova?read_default_file=/etc/my.cnf", "the parameter read_default_file"],
  ["postgresql://nova:secret@db/nova?sslmode=always", "sslmode in the database URL: expected disable, allow, "],
  ["postgresql://nova:secret@db/nova?sslcrl=/crl", "the parameter sslcrl"],
  ["postgresql://nova:secret@/nova?host=a,b", "expected one host in the database URL, but got several (a,b): name"],
  ["postgresql://nova:secret@a,b/nova", "expected one host in the database URL, but got several (a,b): name"],
  ["postgresql://nova:secret@a:5432,b:5433/nova", "but got several (a:5432,b:5433)"],
  ["mysql+pymysql://nova:secret@a,b:3306/nova", "but got several (a,b:3306)"],
  ["mysql://nova:secret@db/nova?read_timeout=soon", 'expected a number of seconds, but got "soon"'],
  ["mysql://{username}:{password}@{hostname}/nova", "without a template"],
  ["mysql://nova:pass@secret@h/nova", "expected %40 in place of @ in the password of the database URL"],
  ["nova:secret@db", "expected a URL such as mysql+pymysql://"],
])("%s is refused, and its password is not quoted", (url, message) => {
  expect(() => parseDatabaseUrl(url)).toThrow(message);
  expect(() => parseDatabaseUrl(url)).not.toThrow("secret");
});
