import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "./command.ts";
import type { Consumer } from "./consumer.ts";
import type { Program } from "./first-program.ts";
import { root } from "./root.ts";

/** The repository's version, and the oldest supported one. */
const COMPILERS = [
  new URL("node_modules/typescript/bin/tsc", root),
  new URL("node_modules/typescript-5/bin/tsc", new URL("testing/consumers/", root)),
].map((url) => fileURLToPath(url));
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
   * with the oldest compiler.
   */
  async checkTypes(checksLibraries: boolean): Promise<void> {
    const compilers = checksLibraries ? COMPILERS : COMPILERS.slice(0, 1);
    for (const [module, moduleResolution] of RESOLUTIONS) {
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
      for (const compiler of compilers)
        await command(process.execPath, [compiler, "-p", "tsconfig.json"], { cwd: this.folder });
    }
  }

  /** @returns the output of the program */
  run(node: string, env: Record<string, string>): Promise<string> {
    return command(node, ["program.ts"], { cwd: this.folder, env, timeoutMs: 60_000 });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }
}

const RESOLUTIONS = [
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
] as const;

function missing(name: string): never {
  throw new Error(`Package not found: ${name}`);
}
