import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";
import { checkPrinted, firstProgramOf } from "./first-program.ts";
import { root } from "./root.ts";

/**
 * Runs the steps of the README, from a clone to a running program in an empty folder, in a Unix shell.
 */
export async function followReadme(folder: string, node: string): Promise<void> {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const steps = /^## Use it in a project$.*?^```sh\n(.*?)^```$/ms.exec(readme)?.[1];
  if (steps === undefined) throw new Error("The README has no installation steps.");
  const program = firstProgramOf("README.md");
  const project = join(folder, "team");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "team.ts"), program.code);
  const printed = await command("sh", ["-e"], {
    cwd: fileURLToPath(root),
    env: { PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}` },
    input: steps.replaceAll("../team", project),
  });
  checkPrinted(program, printed);
}
