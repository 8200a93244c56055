import type { Cli } from "../cli.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { openMesh, type OpenMesh } from "../mesh/open-mesh.ts";

const MOST = 50;

export function keysLike(cli: Cli, prefix: string): Promise<readonly string[]> {
  return names(cli, async ({ mesh }) => {
    const { items } = await mesh.system.list({
      ...startingWith(prefix),
      limit: MOST,
      values: false,
    });
    return items.map(({ key }) => key);
  });
}

export function agentsLike(cli: Cli, prefix: string): Promise<readonly string[]> {
  return names(cli, async ({ mesh }) => {
    const { agents } = await mesh.agents({ ...startingWith(prefix), limit: MOST });
    return agents.map(({ name }) => name);
  });
}

export function topicsLike(cli: Cli, prefix: string): Promise<readonly string[]> {
  return names(cli, async ({ mesh }) => {
    const { topics } = await mesh.topics({ ...startingWith(prefix), limit: MOST });
    return topics.map(({ name }) => name);
  });
}

/** A shell that completes shows no errors: there is nothing to propose then. */
async function names(
  cli: Cli,
  read: (open: OpenMesh) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    await using open = await openMesh(cli, flagsIn(cli.argv));
    // A name that a shell would split or run is not proposed.
    return (await read(open)).filter((name) => /^[\p{L}\d_:.@/+-]+$/u.test(name));
  } catch {
    return [];
  }
}

function startingWith(prefix: string): { prefix?: string } {
  return prefix === "" ? {} : { prefix };
}

/** The mesh that the words of an unfinished command line name. */
function flagsIn(argv: readonly string[]): MeshFlags {
  const valueOf = (flag: string): string | undefined => {
    const at = argv.indexOf(flag);
    return at === -1
      ? argv.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1)
      : argv[at + 1];
  };
  return {
    storage: valueOf("--storage"),
    tenant: valueOf("--tenant"),
    context: valueOf("--context"),
  };
}
