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
        { placeholder: "STORAGE", brief: "The same as --storage", parse: text, optional: true },
      ],
    },
    flags: {
      write: switchFlag("Allow writing, under your name  (default: read-only)"),
      port: countFlag("N", "The port  (default: any free one)", 0),
      host: textFlag("ADDRESS", "Where to listen  (default: 127.0.0.1)"),
      noOpen: switchFlag("Do not open the browser"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Open the mesh in the browser",
    fullDescription: [
      "  syntha studio mesh.db",
      "  syntha studio --storage postgres://localhost/mesh --tenant acme --write",
      "",
      "The address contains a token, which every request needs. Without --tenant, you",
      "can choose among all tenants of the storage.",
    ].join("\n"),
  },
});

const wait = buildCommand<WaitFlags, [], Cli>({
  loader: async () => (await import("../live/wait.ts")).waitForChange,
  parameters: {
    flags: {
      timeout: textFlag("TIME", "Exit with code 1 after this time, such as 5m"),
      since: textFlag("CURSOR", "Start after this cursor"),
      topic: {
        ...textsFlag("TOPIC", "Only on this topic; repeatable"),
        proposeCompletions: proposeTopics,
      },
      key: textsFlag("KEY", "Only this item; repeatable"),
      prefix: textFlag("TEXT", "Only keys with this prefix"),
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
