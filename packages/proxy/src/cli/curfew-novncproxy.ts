#!/usr/bin/env node
process.argv.splice(2, 0, "nova", "novnc");
await import("./main.ts");
