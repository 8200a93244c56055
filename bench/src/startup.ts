import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";
import { repeatSync } from "./measure.ts";
import { sample } from "./sample.ts";

/** Microseconds. */
const IMPORT_OVER = 15_000;
const GET_OVER = 40_000;

const IMPORT = `import "@syntha/core"`;
const GET = `
  import { ContextMesh } from "@syntha/core";
  import { SqliteStorage } from "@syntha/storage-sqlite";
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path: process.argv[1] }) });
  if ((await mesh.agent("Reader").get("first")) === undefined) throw new Error("No item.");
  await mesh.close();`;

/** Whole programs, which run what `pnpm build` made of the packages, as users do. */
export const startup: Chapter = {
  title: "Starting a program",
  async *figures(): AsyncGenerator<Figure> {
    const path = folder()("mesh.db");
    const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
    await mesh.system.push("first", sample(0), { global: true });
    await mesh.close();
    const bare = {
      baseline: "node -e 0",
      times: 5,
      rounds: 15,
      against: repeatSync(() => node("-e", "0")),
    };
    const module = "--input-type=module";
    yield {
      name: "import of @syntha/core",
      ...bare,
      over: IMPORT_OVER,
      ours: repeatSync(() => node(module, "-e", IMPORT)),
    };
    yield {
      name: "get of an item in a SQLite file, from start to end",
      ...bare,
      over: GET_OVER,
      ours: repeatSync(() => node(module, "-e", GET, path)),
    };
  },
};

/** Without the options of this process, which load the packages' sources. */
function node(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    encoding: "utf8",
  });
  if (status === 0) return;
  const isBuilt = !stderr.includes("ERR_MODULE_NOT_FOUND");
  throw new Error(isBuilt ? stderr : "Packages are not built. Run `pnpm build` first.");
}
