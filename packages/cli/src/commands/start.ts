import { buildChoiceParser, buildCommand, buildRouteMap } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { InitFlags } from "../init/init.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import type { SaveFlags } from "../setup/contexts.ts";
import { SHELLS } from "../setup/completion.ts";
import { MESH_FLAGS, switchFlag, text, textFlag, textsFlag } from "./flags.ts";

const NAME = { placeholder: "NAME", brief: "The name of the context", parse: text } as const;
const { json } = MESH_FLAGS;
type JsonFlags = Pick<MeshFlags, "json">;

const init = buildCommand<InitFlags, [], Cli>({
  loader: async () => (await import("../init/init.ts")).initProject,
  parameters: {
    flags: {
      storage: textFlag("URL", "The mesh  (default: .syntha/mesh.db in this folder)"),
      tenant: textFlag("ID", "The tenant  (default: default)"),
      for: textsFlag("CLIENT", "claude, cursor, vscode, gemini, codex or agents"),
      yes: switchFlag("Write without asking"),
      dryRun: switchFlag("Show what would be written, and write nothing"),
      json,
    },
  },
  docs: {
    brief: "Connect the coding agents of this folder to a mesh",
    fullDescription: [
      "  syntha init --dry-run",
      "  syntha init --for claude --for cursor --yes",
      "",
      "Finds the coding agents that this folder is set up for, shows what it would",
      "write, and asks: configuration of their MCP clients, a hook, a skill, and a",
      "paragraph in AGENTS.md. What is there already stays as it is.",
    ].join("\n"),
  },
});

const save = buildCommand<SaveFlags, [name: string], Cli>({
  loader: async () => (await import("../setup/contexts.ts")).saveContext,
  parameters: {
    positional: { kind: "tuple", parameters: [NAME] },
    flags: {
      storage: textFlag("URL", "sqlite:mesh.db or postgres://…"),
      tenant: textFlag("ID", "The tenant  (default: default)"),
      json,
    },
  },
  docs: {
    brief: "Save a mesh under a name, and use it",
    fullDescription: [
      "  syntha context save prod --storage postgres://ann@db/mesh --tenant acme",
      "",
      "The file is in your configuration folder, and only you can read it.",
    ].join("\n"),
  },
});

const use = buildCommand<JsonFlags, [name: string], Cli>({
  loader: async () => (await import("../setup/contexts.ts")).useContext,
  parameters: { positional: { kind: "tuple", parameters: [NAME] }, flags: { json } },
  docs: { brief: "Use a saved mesh from now on", fullDescription: "  syntha context use prod" },
});

const list = buildCommand<JsonFlags, [], Cli>({
  loader: async () => (await import("../setup/contexts.ts")).listContexts,
  parameters: { flags: { json } },
  docs: { brief: "List the saved meshes", fullDescription: "  syntha context list" },
});

const rm = buildCommand<JsonFlags, [name: string], Cli>({
  loader: async () => (await import("../setup/contexts.ts")).removeContext,
  parameters: { positional: { kind: "tuple", parameters: [NAME] }, flags: { json } },
  docs: {
    brief: "Remove a saved mesh; its data stays",
    fullDescription: "  syntha context rm old",
  },
});

const context = buildRouteMap<string, Cli>({
  routes: { save, use, list, rm },
  docs: { brief: "Save meshes under names, and switch between them" },
});

const completion = buildCommand<object, [shell: (typeof SHELLS)[number]], Cli>({
  loader: async () => (await import("../setup/completion.ts")).printCompletion,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          placeholder: "SHELL",
          brief: SHELLS.join(", "),
          parse: buildChoiceParser(SHELLS),
          proposeCompletions: () => SHELLS,
        },
      ],
    },
  },
  docs: {
    brief: "Print a script that completes commands, keys and names",
    fullDescription: `  eval "$(syntha completion bash)"      in ~/.bashrc; or zsh, fish`,
  },
});

export const START = { init, context, completion };
