import { access } from "node:fs/promises";
import { join } from "node:path";
import { SynthaError } from "@syntha/core";
import { UsageError } from "@syntha/mcp/storage";
import { errorLines } from "../app/error-lines.ts";
import type { Cli } from "../cli.ts";
import { EXIT } from "../exit-code.ts";
import { DEFAULT_TENANT } from "../mesh/mesh-choice.ts";
import { withoutPassword } from "../mesh/saved-contexts.ts";
import { toSharedUrl } from "../mesh/storage-url.ts";
import { visible } from "../terminal/escape.ts";
import { commandText } from "../terminal/shell-word.ts";
import { CLIENTS, type Client, type ServerCommand } from "./client.ts";
import {
  type FileEdit,
  isChange,
  planFiles,
  type PlannedFile,
  writeFileWhole,
} from "./file-edit.ts";
import { planLines } from "./plan-lines.ts";

export interface InitFlags {
  readonly storage?: string | undefined;
  readonly tenant?: string | undefined;
  readonly for?: readonly string[] | undefined;
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `syntha init` */
export async function initProject(this: Cli, flags: InitFlags): Promise<void> {
  const clients = await chooseClients(this, flags);
  const server = serverOf(this, flags);
  const edits = [...clients.flatMap((client) => client.edits(server)), ...meshFolder(this, flags)];
  const files = await planFiles(this.cwd, edits);
  if (flags.json)
    await this.out.jsonAll(
      files.map((file) => ({ path: file.path, action: actionOf(file), note: file.note })),
    );
  else showPlan(this, clients, files);
  const changes = files.filter(isChange);
  if (flags.dryRun || changes.length === 0) return;
  if (!flags.yes && !(await isConfirmed(this, changes.length))) {
    this.exitCode = EXIT.failed;
    return;
  }
  if (!(await writeAll(this, changes))) {
    this.exitCode = EXIT.failed;
    return;
  }
  if (flags.json) return;
  const { storage, tenantId } = server;
  this.out.print(
    `${this.out.paint("green", "✓")} written. Restart the coding agents. What they share is listed by:`,
    `  ${commandText("ls", [], { storage, ...(tenantId !== DEFAULT_TENANT && { tenant: tenantId }) })}`,
  );
}

/** What can't be written is reported, and the rest is written: a second run continues. */
async function writeAll(cli: Cli, files: readonly PlannedFile[]): Promise<boolean> {
  let isAllWritten = true;
  for (const file of files)
    try {
      await writeFileWhole(cli.cwd, file);
    } catch (cause) {
      isAllWritten = false;
      const error = new SynthaError("MISCONFIGURED", `${file.path} can't be written.`, {
        hint: `Make its folder writable, and run syntha init again. (${(cause as Error).message})`,
        details: { path: file.path },
        cause,
      });
      cli.err.print(errorLines(error, cli));
    }
  return isAllWritten;
}

function actionOf(file: PlannedFile): "create" | "change" | "keep" {
  if (!isChange(file)) return "keep";
  return file.before === undefined ? "create" : "change";
}

function showPlan({ out }: Cli, clients: readonly Client[], files: readonly PlannedFile[]): void {
  const { paint, width } = out;
  out.print(`For ${clients.map(({ title }) => title).join(", ")}:`, "");
  for (const file of files) out.print(planLines(file, { paint, width }));
  out.print("");
  if (!files.some(isChange)) out.print(paint("dim", "Nothing to do."));
}

/** Those of `--for`, else those whose traces are in the folder. */
async function chooseClients(cli: Cli, flags: InitFlags): Promise<readonly Client[]> {
  const names = flags.for ?? [];
  const unknown = names.find((name) => !CLIENTS.some(({ id }) => id === name));
  if (unknown !== undefined)
    throw new UsageError(
      `--for is ${CLIENTS.map(({ id }) => id).join(", ")}, not "${visible(unknown)}".`,
    );
  if (names.length > 0) return CLIENTS.filter(({ id }) => names.includes(id));
  const found = await Promise.all(
    CLIENTS.map(async (client) => ((await isPresent(cli.cwd, client)) ? [client] : [])),
  );
  const clients = found.flat();
  if (clients.length > 0) return clients;
  if (!isInteractive(cli) || flags.yes || flags.dryRun)
    throw new UsageError("No coding agent was found in this folder. Name one: --for claude");
  const { askForClients } = await import("./questions.ts");
  return askForClients(CLIENTS);
}

async function isPresent(folder: string, { traces }: Client): Promise<boolean> {
  const found = await Promise.all(
    traces.map((path) =>
      access(join(folder, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

const DEFAULT_FOLDER = ".syntha";

function serverOf(cli: Cli, flags: InitFlags): ServerCommand {
  const named = flags.storage ?? (cli.env["SYNTHA_STORAGE"] || `${DEFAULT_FOLDER}/mesh.db`);
  // Clients start their servers in other folders.
  const storage = toSharedUrl(cli, named);
  if (withoutPassword(storage) !== storage)
    throw new UsageError(
      "The URL contains a password, and these files are for version control.\nRemove it, and set PGPASSWORD or ~/.pgpass.",
    );
  return { storage, tenantId: flags.tenant ?? cli.env["SYNTHA_TENANT"] ?? DEFAULT_TENANT };
}

/** The mesh itself does not belong into version control. */
function meshFolder({ env }: Cli, { storage }: InitFlags): readonly FileEdit[] {
  if (storage !== undefined || env["SYNTHA_STORAGE"]) return [];
  return [{ path: `${DEFAULT_FOLDER}/.gitignore`, apply: (before) => before ?? "*\n" }];
}

function isInteractive({ out, stdin }: Cli): boolean {
  return out.isTTY && stdin.isTTY === true;
}

/** @throws UsageError where no one can answer */
async function isConfirmed(cli: Cli, changes: number): Promise<boolean> {
  if (!isInteractive(cli))
    throw new UsageError("Nothing was written. Add --yes to write, or --dry-run for a preview.");
  const { askToWrite } = await import("./questions.ts");
  return askToWrite(changes);
}
