import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = globSync(["*.md", "docs/**/*.md", "{packages,apps,testing}/*/README.md"], {
  cwd: root,
});
const textOf = (page: string): string => readFileSync(`${root}/${page}`, "utf8");

/** As GitHub names a heading: in small letters, words joined by hyphens, other signs left out. */
function anchorsOf(page: string): Set<string> {
  const headings = textOf(page).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      (heading as string)
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\s-]/gu, "")
        .replaceAll(/\s/g, "-"),
    ),
  );
}

/** Where a link of a page leads to nothing. */
function deadLinks(page: string): string[] {
  const links = textOf(page)
    .replaceAll(/^```.*?^```$/gms, "")
    .matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g);
  return [...links].flatMap(([, target = ""]) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : posix.join(posix.dirname(page), path);
    if (!existsSync(`${root}/${file}`)) return [target];
    const isKnown = anchor === undefined || anchorsOf(file).has(anchor);
    return isKnown ? [] : [target];
  });
}

describe("links in the docs", () => {
  it.for(pages)("resolve: %s", (page) => {
    expect(deadLinks(page)).toEqual([]);
  });
});
