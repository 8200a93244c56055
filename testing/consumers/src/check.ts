import { join } from "node:path";
import type { Command, Consumer } from "./consumer.ts";
import { runAtEdge } from "./edge.ts";
import { checkPrinted, firstProgramOf } from "./first-program.ts";
import { Project } from "./project.ts";

/** The result of one consumer. */
export interface Finding {
  readonly consumer: Consumer;
  /** All installed packages. */
  readonly installed: number;
  /** The completed steps, in order. */
  readonly passed: readonly string[];
  readonly failure?: string;
}

export interface Surroundings {
  readonly folder: string;
  readonly tarballs: ReadonlyMap<string, string>;
  /** Paths of Node by version. */
  readonly nodes: ReadonlyMap<string, string>;
  /** Environment variables of programs that need this server. */
  readonly env: (need: Consumer["needs"]) => Promise<Record<string, string>>;
}

/** Installs, compiles and runs the program, like a new user. */
export async function check(
  consumer: Consumer,
  { folder, tarballs, nodes, env }: Surroundings,
): Promise<Finding> {
  const passed: string[] = [];
  let installed: readonly string[] = [];
  try {
    const program = firstProgramOf(`packages/${consumer.of}/README.md`, consumer.under);
    const project = new Project(join(folder, consumer.name.replaceAll(/\W+/g, "-")), program);
    installed = await project.install(consumer, tarballs);
    checkNothingBut(consumer, installed);
    passed.push("install");
    await project.checkTypes(consumer.checksLibraries ?? false);
    passed.push("types");
    const surroundings = await env(consumer.needs);
    for (const [version, node] of nodes) {
      checkPrinted(program, await project.run(node, surroundings));
      if (consumer.command !== undefined) await checkCommand(project, node, consumer.command);
      passed.push(`node ${version}`);
    }
    if (consumer.edge) {
      checkPrinted(program, await runAtEdge(project, program));
      passed.push("edge");
    }
    return { consumer, installed: installed.length, passed };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { consumer, installed: installed.length, passed, failure };
  }
}

async function checkCommand(project: Project, node: string, command: Command): Promise<void> {
  const printed = await project.runCommand(node, command);
  if (!printed.includes(command.prints))
    throw new Error(`Missing output "${command.prints}" of the command in:\n${printed}`);
}

function checkNothingBut({ nothingBut }: Consumer, installed: readonly string[]): void {
  const extra = installed.filter((name) => nothingBut !== undefined && !nothingBut.includes(name));
  if (extra.length > 0) throw new Error(`Unexpected packages were installed: ${extra.join(", ")}`);
}
