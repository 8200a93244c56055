// Deletes outputs whose source was deleted: the compiler keeps types, and they would be published. Of packages, the
// chunks too, which each build writes again.
import { existsSync, globSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const outputs = globSync(
  "{packages/*,apps/*,testing/*,bench}/dist/**/*.{js,d.ts,js.map,d.ts.map}",
  {
    cwd: root,
  },
);

for (const output of outputs) {
  const source = output
    .replace(/([\\/])dist([\\/])/, "$1src$2")
    .replace(/(\.d)?(\.js|\.ts)(\.map)?$/, ".ts");
  if (!existsSync(join(root, source))) rmSync(join(root, output));
}
