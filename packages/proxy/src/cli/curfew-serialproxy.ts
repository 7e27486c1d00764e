#!/usr/bin/env node
process.argv.splice(2, 0, "nova", "serial");
await import("./main.ts");
