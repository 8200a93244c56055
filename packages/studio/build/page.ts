import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const folder = join(import.meta.dirname, "..");

export interface BuiltPage {
  /** Relative to the folder where the program runs. */
  readonly path: string;
  readonly bytes: number;
  readonly compressed: number;
}

/** Builds the page to `dist/app.html`. */
export async function buildPage(): Promise<BuiltPage> {
  const html = await pageHtml();
  const file = join(folder, "dist", "app.html");
  await mkdir(dirname(file), { recursive: true });
  // A server that reads it meanwhile gets all of it.
  await writeFile(`${file}.${process.pid}`, html);
  await rename(`${file}.${process.pid}`, file);
  return {
    path: relative(process.cwd(), file),
    bytes: Buffer.byteLength(html),
    compressed: gzipSync(html).length,
  };
}

/**
 * The page as one file without external requests: the content security policy then names its script and its style by their
 * hashes.
 */
export async function pageHtml(): Promise<string> {
  const built = await build({
    root: join(folder, "src", "app"),
    configFile: false,
    logLevel: "warn",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { write: false, target: "es2024", modulePreload: false, cssCodeSplit: false },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) =>
    "output" in each ? each.output : [],
  );
  const script = outputs.find((each) => each.type === "chunk");
  const texts = new Map(
    outputs.flatMap((each) =>
      each.type === "asset" ? [[each.fileName, String(each.source)]] : [],
    ),
  );
  const style = [...texts].find(([name]) => name.endsWith(".css"))?.[1];
  const page = texts.get("index.html");
  if (script === undefined || style === undefined || page === undefined)
    throw new Error("Vite built no script, style or page.");
  return inline(page, script.code, style);
}

function inline(page: string, script: string, style: string): string {
  if (/<\/script|<!--/i.test(script)) throw new Error("The script would end its element.");
  return page
    .replace(/\s*<link rel="stylesheet"[^>]*>/, () => `\n    <style>${style.trim()}</style>`)
    .replace(/\s*<script type="module"[^>]*><\/script>/, "")
    .replace("</body>", () => `  <script type="module">${script.trim()}</script>\n  </body>`);
}
