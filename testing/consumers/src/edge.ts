import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";
import { EdgeVM } from "@edge-runtime/vm";
import { build } from "esbuild";
import type { Program } from "./first-program.ts";
import type { Project } from "./project.ts";

/**
 * Bundles a program for an edge runtime and runs it there. A program that imports a Node module fails to bundle; one that
 * uses a Node global fails to run.
 * @returns its output
 */
export async function runAtEdge({ folder }: Project, { code }: Program): Promise<string> {
  const entry = join(folder, "edge.ts");
  writeFileSync(entry, asFunction(code));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["worker", "edge-light"],
    target: "es2022",
    logLevel: "silent",
  });
  const printed: string[] = [];
  const vm = new EdgeVM({
    extend: (context) => Object.assign(context, { console: collector(printed) }),
  });
  await vm.evaluate<Promise<void>>(`${outputFiles[0]?.text ?? ""}; globalThis.program`);
  return printed.join("\n");
}

/** An edge runtime has no top-level `await`: the code after the imports is moved into a function. */
function asFunction(code: string): string {
  const imports = [...code.matchAll(/^import .*? from "[^"]+";$/gms)].map(([text]) => text);
  const rest = imports.reduce((text, each) => text.replace(each, ""), code);
  return `${imports.join("\n")}\nglobalThis.program = (async () => {${rest}})();`;
}

/** Converts values of the other realm, so that they are printed as in Node. */
function collector(printed: string[]): Pick<Console, "log"> {
  const ours = (value: unknown): unknown =>
    typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(value)) : value;
  return { log: (...values: unknown[]) => void printed.push(format(...values.map(ours))) };
}
