import { command } from "./command.ts";

/** The path of a version of Node, from the registry; "current" is the running one. */
export async function nodeOf(version: string): Promise<string> {
  if (version === "current") return process.execPath;
  const printed = await command("npx", [
    "-y",
    "-p",
    `node@${version}`,
    "node",
    "-p",
    "process.execPath",
  ]);
  return printed.trim();
}
