import { run } from "@syntha/mcp/command";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import { errorLines } from "../app/error-lines.ts";
import { EXIT, exitCodeOf } from "../exit-code.ts";
import { chooseMesh, type MeshFlags } from "../mesh/mesh-choice.ts";

/** Subcommands of the server's command line. */
const OWN_MESH = new Set(["token", "help"]);

/**
 * `syntha mcp` and `syntha hook`: the command line of @syntha/mcp, which may leave out the storage and tenant that the
 * environment or a saved context names. `--as` names the agent, as in every other command. A hook never ends with 2, by which
 * some clients take a turn as forbidden.
 */
export async function runMcp(
  cli: Cli,
  name: "mcp" | "hook",
  args: readonly string[],
): Promise<number> {
  const words = args.map((word) => word.replace(/^--as(?==|$)/, "--agent"));
  const code = await runWithMesh(cli, name, words);
  if (code === EXIT.usage && name === "hook") return EXIT.failed;
  return code === UNAVAILABLE ? EXIT.failed : code;
}

/** What the server's command line returns if it can't start; here, 3 means something else. */
const UNAVAILABLE = 3;

async function runWithMesh(
  cli: Cli,
  name: "mcp" | "hook",
  words: readonly string[],
): Promise<number> {
  let given: readonly string[];
  try {
    given = await withMesh(cli, words);
  } catch (error) {
    cli.err.print(errorLines(error, cli));
    return exitCodeOf(error);
  }
  const io = {
    print: (text: string) => cli.out.stream(withOurNames(text)),
    log: (text: string) => cli.err.print(withOurNames(text)),
    signal: cli.signal,
  };
  return run(name === "hook" ? ["hook", ...given] : given, io);
}

/** Help and messages name the command by which they were asked for, and the agent's option as other commands do. */
function withOurNames(text: string): string {
  return text
    .replaceAll("npx @syntha/mcp hook", "syntha hook")
    .replaceAll("npx @syntha/mcp", "syntha mcp")
    .replaceAll("--agent NAME", "--as NAME   ")
    .replaceAll(/--agent\b/g, "--as");
}

async function withMesh(cli: Cli, words: readonly string[]): Promise<readonly string[]> {
  const { rest, flags } = takeMeshFlags(words);
  const asksForHelp = words.some((word) => ["--help", "-h", "--version"].includes(word));
  if (asksForHelp || OWN_MESH.has(words[0] ?? "")) return words;
  const { url, tenantId } = await chooseMesh(cli, flags);
  return [...rest, "--storage", url, "--tenant", tenantId];
}

const MESH_OPTION = /^--(?<name>storage|tenant|context)(?:=(?<value>.*))?$/s;

/** Takes the options that choose the mesh out of a command line. @throws UsageError */
function takeMeshFlags(words: readonly string[]): { rest: readonly string[]; flags: MeshFlags } {
  const rest: string[] = [];
  const flags: Record<string, string> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const { name, value } = MESH_OPTION.exec(word)?.groups ?? {};
    if (name === undefined) rest.push(word);
    else {
      const given = value ?? words[++at];
      if (given === undefined) throw new UsageError(`--${name} needs a value.`);
      flags[name] = given;
    }
  }
  return { rest, flags };
}
