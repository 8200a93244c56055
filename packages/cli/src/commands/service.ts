import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { StudioFlags } from "../live/studio.ts";
import type { WaitFlags } from "../live/wait.ts";
import {
  ACTOR_FLAGS,
  countFlag,
  MESH_FLAGS,
  switchFlag,
  text,
  textFlag,
  textsFlag,
} from "./flags.ts";
import { proposeTopics } from "./proposals.ts";

const studio = buildCommand<StudioFlags, [storage?: string], Cli>({
  loader: async () => (await import("../live/studio.ts")).openStudio,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { placeholder: "STORAGE", brief: "Instead of --storage", parse: text, optional: true },
      ],
    },
    flags: {
      write: switchFlag("Allow writing, under your name  (default: read-only)"),
      port: countFlag("N", "The port  (default: any free one)", 0),
      host: textFlag("ADDRESS", "Where to listen  (default: 127.0.0.1)"),
      noOpen: switchFlag("Do not open a browser"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Look at the mesh in the browser",
    fullDescription: [
      "  syntha studio mesh.db",
      "  syntha studio --storage postgres://localhost/mesh --tenant acme --write",
      "",
      "The address has a token, without which nobody gets in. Without --tenant, all",
      "tenants of the storage can be chosen.",
    ].join("\n"),
  },
});

const wait = buildCommand<WaitFlags, [], Cli>({
  loader: async () => (await import("../live/wait.ts")).waitForChange,
  parameters: {
    flags: {
      timeout: textFlag("TIME", "Give up after it, with exit code 1; such as 5m"),
      since: textFlag("CURSOR", "Changes after this cursor count"),
      topic: {
        ...textsFlag("TOPIC", "Only on this topic; may be repeated"),
        proposeCompletions: proposeTopics,
      },
      key: textsFlag("KEY", "Only this item; may be repeated"),
      prefix: textFlag("TEXT", "Only keys that start with it"),
      ...ACTOR_FLAGS,
      as: textFlag("AGENT", "What this agent sees  (default: you)"),
    },
  },
  docs: {
    brief: "Wait until something that an agent sees changes, and print it",
    fullDescription: "  syntha wait --as Claude --topic reviews --timeout 10m",
  },
});

/** The options are those of the server, which reads them itself. */
function serverCommand(name: "mcp" | "hook", brief: string, examples: readonly string[]) {
  return buildCommand<object, [...args: string[]], Cli>({
    loader: async () => {
      const { runMcp } = await import("../live/mcp.ts");
      return async function (this: Cli, _flags: object, ...args: string[]) {
        this.exitCode = await runMcp(this, name, args);
      };
    },
    parameters: {
      positional: {
        kind: "array",
        parameter: {
          placeholder: "OPTIONS",
          brief: `syntha ${name} --help lists them`,
          parse: text,
        },
      },
    },
    docs: { brief, fullDescription: examples.join("\n") },
  });
}

const mcp = serverCommand("mcp", "Serve the mesh to an MCP client", [
  "  syntha mcp --as Claude",
  "  syntha mcp --http 127.0.0.1:3111 --tokens tokens.json",
]);

const hook = serverCommand(
  "hook",
  "Print what others changed since last time, for hooks of coding agents",
  ["  syntha hook --as Claude"],
);

export const SERVICE = { studio, wait, mcp, hook };

/** Commands that read their options themselves. */
export const SELF_PARSING: readonly string[] = ["mcp", "hook"];
