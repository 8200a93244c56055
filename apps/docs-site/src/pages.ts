import { globSync } from "node:fs";
import { posix, sep } from "node:path";

/** A page of the site, and the file of the repository that it is. */
export interface SitePage {
  /** From the repository's root: "packages/core/README.md". */
  readonly file: string;
  /** On the site, without ending: "packages/core". */
  readonly path: string;
}

/** Every Markdown page that speaks to users. */
export function pagesOf(root: string): SitePage[] {
  const files = globSync(
    ["README.md", "SECURITY.md", "CONTRIBUTING.md", "docs/**/*.md", "{packages,apps}/*/README.md"],
    { cwd: root },
  );
  return files
    .map((file) => file.split(sep).join("/"))
    .toSorted()
    .map((file) => ({ file, path: pathOf(file) }));
}

function pathOf(file: string): string {
  if (file === "README.md") return "index";
  const path = file.replace(/^docs\//, "").replace(/\.md$/, "");
  const { dir, base } = posix.parse(path);
  if (base !== "README") return path === "SECURITY" ? "security-policy" : path.toLowerCase();
  return dir === "decisions" ? "decisions/index" : dir;
}
