import { SynthaError } from "@syntha/core";
import { SAFE_HEADERS } from "../http/answer.ts";
import { pageFile } from "../../page-file.ts";
import { base64, pagePolicy, sha256 } from "./page-security.ts";

/** Studio's page: one file, read once. */
export class AppPage {
  readonly #given: string | undefined;
  readonly #frameAncestors: readonly string[];
  #loaded: Promise<{ readonly html: string; readonly headers: Record<string, string> }> | undefined;

  constructor(html: string | undefined, frameAncestors: readonly string[]) {
    this.#given = html;
    this.#frameAncestors = frameAncestors;
  }

  /** @throws MISCONFIGURED if there is no page */
  async answer(request: Request): Promise<Response> {
    this.#loaded ??= this.#load();
    // A page that is built later is found then.
    this.#loaded.catch(() => (this.#loaded = undefined));
    const { html, headers } = await this.#loaded;
    if (request.headers.get("if-none-match") === headers["etag"])
      return new Response(null, { status: 304, headers });
    return new Response(request.method === "HEAD" ? null : html, { headers });
  }

  async #load(): Promise<{ readonly html: string; readonly headers: Record<string, string> }> {
    const html = this.#given ?? (await readPage());
    const headers = {
      ...SAFE_HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": await pagePolicy(html, this.#frameAncestors),
      "cross-origin-opener-policy": "same-origin",
      // Kept under its hash only: a new version is seen at once.
      "cache-control": "no-cache",
      etag: `"${base64(await sha256(html)).replaceAll("=", "")}"`,
    };
    return { html, headers };
  }
}

async function readPage(): Promise<string> {
  try {
    // Not imported, so that bundles for runtimes without Node's modules can be built.
    const { readFile } = process.getBuiltinModule("node:fs/promises");
    return await readFile(pageFile(), "utf8");
  } catch (cause) {
    throw new SynthaError("MISCONFIGURED", "Studio's page is not there.", {
      hint: "In the repository, run `pnpm build`. Where there is no file system, and in a bundle, pass the text of `dist/app.html` as `page`.",
      details: { path: "page" },
      cause,
    });
  }
}
