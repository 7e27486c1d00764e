/**
 * Real servers for tests and demonstrations: TigerVNC, QEMU's VNC and SPICE servers, Linux on a serial port, databases, Redis, and RabbitMQ.
 * They need those programs on the machine, Linux as its system, and listen on loopback only.
 */
export { findGuestKernel } from "./guest.ts";
export { startLinuxSerialGuest } from "./linux-serial.ts";
export type { LinuxSerialGuest, LinuxSerialOptions } from "./linux-serial.ts";
export { freePort } from "./ports.ts";
export { findProgram } from "./programs.ts";
export type { Program } from "./programs.ts";
export { startQemuSpice } from "./qemu-spice.ts";
export type { QemuSpice, QemuSpiceOptions } from "./qemu-spice.ts";
export { startQemuVnc } from "./qemu-vnc.ts";
export type { QemuTls, QemuVnc, QemuVncOptions } from "./qemu-vnc.ts";
export { startRabbitMq } from "./rabbitmq.ts";
export type { RabbitMq, RabbitMqOptions } from "./rabbitmq.ts";
export { startRedis, startRedisSentinel } from "./redis.ts";
export type { RedisOptions, RedisSentinelOptions, RedisServer } from "./redis.ts";
export type { RealServer } from "./server.ts";
export { startMariaDb, startPostgreSql } from "./databases.ts";
export type { DatabaseServer, DatabaseServerOptions } from "./databases.ts";
export { startTigerVnc } from "./tigervnc.ts";
export type { TigerVnc, TigerVncOptions, TigerVncTls } from "./tigervnc.ts";
export { TERMINAL_COLOR } from "./x-clients.ts";
