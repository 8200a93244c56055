import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";
import type { Command, Consumer } from "./consumer.ts";
import type { Program } from "./first-program.ts";
import { root } from "./root.ts";

const COMPILER = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root));
const OLDEST_COMPILER = fileURLToPath(
  new URL("node_modules/typescript-5/bin/tsc", new URL("testing/consumers/", root)),
);
const NODE_TYPES = fileURLToPath(new URL("node_modules/@types", root));

/** An empty project of a user. */
export class Project {
  readonly folder: string;

  constructor(folder: string, { code }: Program) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#write(
      "package.json",
      JSON.stringify({ name: "consumer", private: true, type: "module" }),
    );
    this.#write("program.ts", code);
  }

  /** Installs as the README says, without install scripts. @returns the names of all installed packages */
  async install(
    { packages, others }: Consumer,
    tarballs: ReadonlyMap<string, string>,
  ): Promise<readonly string[]> {
    const ours = packages.map((name) => tarballs.get(name) ?? missing(name));
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await command("npm", ["install", ...options, ...ours, ...others], { cwd: this.folder });
    const lock = readFileSync(join(this.folder, "package-lock.json"), "utf8");
    const installed = Object.keys((JSON.parse(lock) as { packages: object }).packages);
    return installed.flatMap((path) => path.split("node_modules/").at(-1) || []);
  }

  /**
   * Compiles the program with the module resolution of Node and of bundlers; if declarations of libraries are checked too, also
   * with the oldest compiler, which resolves as Node does.
   */
  async checkTypes(checksLibraries: boolean): Promise<void> {
    for (const [compiler, module, moduleResolution] of COMPILATIONS) {
      if (compiler === OLDEST_COMPILER && !checksLibraries) continue;
      const compilerOptions = {
        module,
        moduleResolution,
        target: "es2023",
        lib: ["es2023", "esnext.disposable"],
        strict: true,
        noEmit: true,
        skipLibCheck: !checksLibraries,
        types: ["node"],
        typeRoots: [NODE_TYPES],
      };
      this.#write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["program.ts"] }));
      await command(process.execPath, [compiler, "-p", "tsconfig.json"], { cwd: this.folder });
    }
  }

  /** @returns the output of the program */
  run(node: string, env: Record<string, string>): Promise<string> {
    return command(node, ["program.ts"], { cwd: this.folder, env, timeoutMs: 60_000 });
  }

  /** @returns what an installed command prints */
  runCommand(node: string, { line, input }: Command): Promise<string> {
    const env = { PATH: `${dirname(node)}${delimiter}${process.env["PATH"] ?? ""}` };
    const args = ["--no-install", ...line];
    return command("npx", args, { cwd: this.folder, env, input, timeoutMs: 60_000 });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }
}

const COMPILATIONS = [
  [COMPILER, "nodenext", "nodenext"],
  [COMPILER, "esnext", "bundler"],
  [OLDEST_COMPILER, "nodenext", "nodenext"],
] as const;

function missing(name: string): never {
  throw new Error(`Package not found: ${name}`);
}
