import { globSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";

/** A page of the site, and the file of the repository that it is. */
export interface SitePage {
  /** From the repository's root: "packages/core/README.md". */
  readonly file: string;
  /** On the site, without ending: "packages/core". */
  readonly path: string;
  /** Its first heading. */
  readonly title: string;
  /** As it stands in the repository. */
  readonly text: string;
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
    .map((file) => {
      const text = readFileSync(join(root, file), "utf8");
      const title = /^# (.+)$/m.exec(text)?.[1] ?? file;
      return { file, path: pathOf(file), title, text };
    });
}

function pathOf(file: string): string {
  if (file === "README.md") return "index";
  const path = file.replace(/^docs\//, "").replace(/\.md$/, "");
  const { dir, base } = posix.parse(path);
  if (base !== "README") return path === "SECURITY" ? "security-policy" : path.toLowerCase();
  return dir === "decisions" ? "decisions/index" : dir;
}
