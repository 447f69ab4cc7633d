import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const SERVICE = "http://127.0.0.1:8000";
const BUILT = "dist";

// What is sent is a document's id, so its text need not travel to the phone.
function idsAlone(): Plugin {
  return {
    name: "ids-alone",
    enforce: "pre",
    apply: "build",
    transform(code, id) {
      if (!id.endsWith("src/gql/graphql.ts")) return null;
      return code.replaceAll(
        /\{"__meta__":\{"hash":"([^"]+)"\},"kind":"Document","definitions":.*?\} as unknown/g,
        '{"kind":"Document","definitions":[],"documentId":"$1"} as unknown',
      );
    },
  };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

// The worker knows every file of its release: it serves them with no network.
function worker(): Plugin {
  return {
    name: "worker",
    apply: "build",
    closeBundle() {
      const files = filesUnder(BUILT).filter((name) => !/\.(br|gz)$|^sw\.js$/.test(name));
      const mark = createHash("sha256");
      for (const name of files) mark.update(name).update(readFileSync(join(BUILT, name)));
      const text = readFileSync("src/worker/worker.js", "utf8")
        .replace("__RELEASE__", mark.digest("hex").slice(0, 16))
        .replace("__FILES__", JSON.stringify(files.filter((name) => name !== "index.html")));
      writeFileSync(join(BUILT, "sw.js"), text);
      for (const name of filesUnder(BUILT).filter((one) => /\.(js|css|html|svg)$/.test(one))) {
        const body = readFileSync(join(BUILT, name));
        writeFileSync(join(BUILT, `${name}.br`), brotliCompressSync(body));
        writeFileSync(join(BUILT, `${name}.gz`), gzipSync(body, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  base: "/app/",
  plugins: [react(), tailwindcss(), idsAlone(), worker()],
  build: { outDir: BUILT, emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } },
  server: { port: 5173, strictPort: true, proxy: { "/v1": { target: SERVICE, ws: true } } },
});
