#!/usr/bin/env node
process.argv.splice(2, 0, "websockify");
await import("./main.ts");
