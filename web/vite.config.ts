import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env["PERISCOPE_URL"] ?? "http://127.0.0.1:8080";

/** Has the fonts fetched beside the style sheet, so that text does not change its width while the page loads. */
const preloadFonts: Plugin = {
  name: "preload-fonts",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => file.endsWith(".woff2"))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${file}`, crossorigin: true },
          injectTo: "head" as const,
        })),
  },
};

export default defineConfig({
  plugins: [react(), tailwind(), preloadFonts],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // The content security policy forbids data: scripts and styles, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
  },
  // The host stays the browser's: a request that changes something must come from the page it is for.
  server: { proxy: { "/api": { target: server } } },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}", "lint/**/*.test.js"] },
});
