// static.build.js OUT: the figures and ECharts' server-side renderer as one ES5 file for the embedded interpreter.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const out = process.argv[2];
if (!out) throw new Error("usage: node static.build.js OUT");
const here = import.meta.dirname ?? resolve(".");
const lowered = mkdtempSync(join(tmpdir(), "atelier-static-"));
try {
  // The compiler of TypeScript lowers our code to ES5; ECharts is published so. esbuild then only joins.
  execFileSync(
    process.execPath,
    [join(here, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.static.json", "--outDir", lowered],
    {
      cwd: here,
      stdio: "inherit",
    },
  );
  symlinkSync(join(here, "node_modules"), join(lowered, "node_modules"));
  await build({
    entryPoints: [join(lowered, "static.js")],
    bundle: true,
    // The syntax stays as written: shortened, it meets an error of Duktape 2.7 ("in" within the head of a for).
    minifyWhitespace: true,
    minifyIdentifiers: true,
    format: "iife",
    target: "es5",
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
    outfile: out,
    logLevel: "warning",
  });
} finally {
  rmSync(lowered, { recursive: true });
}
