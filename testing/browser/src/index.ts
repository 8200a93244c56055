import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

export type { Browser, Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The Chromium or Chrome of this machine: the one at `CHROME_PATH`, or the first on the `PATH`. */
const installed = [
  process.env["CHROME_PATH"] ?? "",
  ...(process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name))),
].find((path) => path !== "" && existsSync(path));

/** A browser that npm brings exists for Linux on x64 only. */
const isBrought = process.platform === "linux" && process.arch === "x64";

/** Whether a browser can be started here. */
export const hasBrowser = installed !== undefined || isBrought;

/** Starts a headless browser: that of this machine, or the one that npm brought. */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = installed === undefined ? await unpacked() : { path: installed, env: {} };
  // Without a sandbox, which root and containers cannot have: it opens only pages of this repository.
  return chromium.launch({
    executablePath: path,
    args: ["--no-sandbox", "--disable-gpu"],
    env: { ...process.env, ...env } as Record<string, string>,
  });
}

const CACHE = join(import.meta.dirname, "../node_modules/.cache");
const UNPACKED = join(CACHE, "chromium");

/** Unpacks the browser with its libraries and fonts once, where the other caches are. */
async function unpacked(): Promise<{ path: string; env: Record<string, string> }> {
  if (!existsSync(UNPACKED)) {
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(join(CACHE, "unpacking-"));
    await unpack(folder);
    // Another process may have been faster.
    await rename(folder, UNPACKED).catch(() => rm(folder, { recursive: true, force: true }));
  }
  const env = {
    LD_LIBRARY_PATH: join(UNPACKED, "al2023", "lib"),
    FONTCONFIG_PATH: join(UNPACKED, "fonts"),
  };
  return { path: join(UNPACKED, "chromium"), env };
}

/** The library unpacks to the folder of temporary files. */
async function unpack(folder: string): Promise<void> {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    const { default: brought, inflate } = await import("@sparticuz/chromium");
    const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    const archives = join(dirname(entry), "../bin");
    await inflate(join(archives, "al2023.tar.br"));
    await brought.executablePath(archives);
    await writeFile(join(folder, "fonts", "fonts.conf"), fontsConf(join(UNPACKED, "fonts")));
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

/** The library's own names folders that other machines don't have, and Chromium ends when it finds no font. */
function fontsConf(fonts: string): string {
  const path = fonts.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path}</dir>
  <cachedir>${path}/cache</cachedir>
</fontconfig>
`;
}
