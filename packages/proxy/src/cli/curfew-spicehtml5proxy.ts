#!/usr/bin/env node
process.argv.splice(2, 0, "nova", "spice");
await import("./main.ts");
