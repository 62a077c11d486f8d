// vite.config.ts: the page, for the server as files (the usual mode) and for a report as one script (mode "report").
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: mode === "report" ? "./" : "/",
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // The policy of the page takes files, not texts within files.
    modulePreload: { polyfill: false },
    cssCodeSplit: mode !== "report",
    chunkSizeWarningLimit: 900,
    rollupOptions: { output: mode === "report" ? { inlineDynamicImports: true } : {} },
  },
  server: {
    // `ATELIER=http://127.0.0.1:PORT npm run dev`: the page from the sources, its data from a running `atelier ui`.
    proxy: process.env["ATELIER"] ? { "/api": { target: process.env["ATELIER"], changeOrigin: true } } : {},
  },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: { include: ["tests/**/*.test.ts", "src/**/*.test.ts"] },
}));
