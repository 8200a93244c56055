import { posix } from "node:path";
import type { SitePage } from "./pages.ts";

const IMAGES = "docs/images/";
const REPOSITORY = "https://github.com/syntha-dev/syntha-typescript/blob/main";

/**
 * Links between files of the repository, as links between pages of the site. The site has the images, too; links to other
 * files lead to GitHub.
 */
export function relink(text: string, from: SitePage, pages: readonly SitePage[]): string {
  return text.replace(/\]\((?!https?:|#|mailto:)([^)\s]+)\)/g, (_, target: string) => {
    const [path = "", anchor] = target.split("#");
    const file = posix.normalize(posix.join(posix.dirname(from.file), path)).replace(/\/$/, "");
    if (file.startsWith(IMAGES)) return `](/images/${file.slice(IMAGES.length)})`;
    const page = pages.find((each) => each.file === file || each.file === `${file}/README.md`);
    const hash = anchor === undefined ? "" : `#${anchor}`;
    return page === undefined ? `](${REPOSITORY}/${file}${hash})` : `](/${page.path}${hash})`;
  });
}
