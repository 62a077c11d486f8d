// report.build.js OUT: the reader of reports as one HTML file, into which a program puts a report.
import { writeFileSync } from "node:fs";
import { build } from "vite";

const out = process.argv[2];
if (!out) throw new Error("usage: node report.build.js OUT");

const { output } = await build({
  mode: "report",
  logLevel: "warn",
  build: { write: false, rollupOptions: { input: "report.html", output: { inlineDynamicImports: true } } },
});
const text = (end) =>
  output
    .filter((file) => file.fileName.endsWith(end))
    .map((file) => file.code ?? file.source)
    .join("\n");
const script = text(".js").replaceAll("</script", "<\\/script");
// A report may hold names from anywhere: scripts and styles are those of this file, nothing is fetched.
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";
const html = text(".html")
  .replace(/<script type="module"[^>]*><\/script>/, "")
  .replace(/<link rel="(stylesheet|modulepreload)"[^>]*>/g, "")
  .replace(
    "</head>",
    () => `<meta http-equiv="Content-Security-Policy" content="${policy}" />\n<style>${text(".css")}</style></head>`,
  )
  .replace(
    "</body>",
    () =>
      `<script type="application/json" id="atelier-report">null</script>\n<script type="module">${script}</script></body>`,
  );
writeFileSync(out, html);
