import { DEFAULT_TENANT } from "../mesh/mesh-choice.ts";
import type { FileEdit } from "./file-edit.ts";
import { jsonMember, tomlTable } from "./config-edits.ts";
import { hookEntry, ownFile, paragraph } from "./text-edits.ts";

/** How a client starts the server. */
export interface ServerCommand {
  readonly storage: string;
  readonly tenantId: string;
}

/** A coding agent, or another MCP client, that a folder is set up for. */
export interface Client {
  readonly id: ClientId;
  readonly title: string;
  /** The name under which it joins the mesh. */
  readonly agent: string;
  /** Files and folders, any of which shows that the folder is set up for it. */
  readonly traces: readonly string[];
  /** What is written for it. */
  readonly edits: (server: ServerCommand) => readonly FileEdit[];
}

export type ClientId = "claude" | "cursor" | "vscode" | "gemini" | "codex" | "agents";

export const CLIENTS: readonly Client[] = [
  {
    id: "claude",
    title: "Claude Code",
    agent: "Claude",
    traces: [".claude", "CLAUDE.md", ".mcp.json"],
    edits: (server) => [
      jsonMember(".mcp.json", ["mcpServers", "syntha"], entryOf(server, "Claude")),
      hookEntry(".claude/settings.json", commandLine(server, "Claude", "hook")),
      ownFile(".claude/skills/syntha/SKILL.md", "skill"),
      paragraph("CLAUDE.md"),
    ],
  },
  {
    id: "cursor",
    title: "Cursor",
    agent: "Cursor",
    traces: [".cursor", ".cursorrules"],
    edits: (server) => [
      jsonMember(".cursor/mcp.json", ["mcpServers", "syntha"], entryOf(server, "Cursor")),
      paragraph("AGENTS.md"),
    ],
  },
  {
    id: "vscode",
    title: "VS Code",
    agent: "Copilot",
    traces: [".vscode", ".github/copilot-instructions.md"],
    edits: (server) => [
      jsonMember(".vscode/mcp.json", ["servers", "syntha"], {
        type: "stdio",
        ...entryOf(server, "Copilot"),
      }),
      paragraph("AGENTS.md"),
    ],
  },
  {
    id: "gemini",
    title: "Gemini CLI",
    agent: "Gemini",
    traces: [".gemini", "GEMINI.md"],
    edits: (server) => [
      jsonMember(".gemini/settings.json", ["mcpServers", "syntha"], entryOf(server, "Gemini")),
      paragraph("GEMINI.md"),
    ],
  },
  {
    id: "codex",
    title: "Codex",
    agent: "Codex",
    traces: [".codex"],
    edits: (server) => [
      tomlTable(".codex/config.toml", "mcp_servers.syntha", entryOf(server, "Codex")),
      paragraph("AGENTS.md"),
    ],
  },
  {
    id: "agents",
    title: "agents that read AGENTS.md",
    agent: "Agent",
    traces: ["AGENTS.md"],
    edits: () => [paragraph("AGENTS.md")],
  },
];

interface ServerEntry {
  readonly command: string;
  readonly args: readonly string[];
}

/** Tools that coding agents which share work need. */
const TOOLSETS = "context,tasks,live";

function entryOf(server: ServerCommand, agent: string): ServerEntry {
  return {
    command: "npx",
    args: ["-y", "@syntha/mcp", ...argsOf(server, agent), "--toolsets", TOOLSETS],
  };
}

function commandLine(server: ServerCommand, agent: string, name: string): string {
  const words = ["npx", "-y", "@syntha/mcp", name, ...argsOf(server, agent)];
  return words
    .map((word) =>
      /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(" ");
}

function argsOf({ storage, tenantId }: ServerCommand, agent: string): readonly string[] {
  const tenant = tenantId === DEFAULT_TENANT ? [] : ["--tenant", tenantId];
  return ["--storage", storage, "--agent", agent, ...tenant];
}
