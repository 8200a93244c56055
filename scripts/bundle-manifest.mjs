/**
 * What a desktop app shows of the bundle, asks its user, and runs.
 *
 * @param {{ version: string, description: string, license: string, keywords: string[],
 *   repository: { url: string, directory: string } }} manifest package.json of the server
 */
export function manifestOf({ version, description, license, keywords, repository }) {
  const home = repository.url.replace(/^git\+|\.git$/g, "");
  return {
    manifest_version: "0.2",
    name: "syntha",
    display_name: "Syntha",
    version,
    description,
    long_description:
      "One shared context for a team of agents. Every app with the same folder and team shares its items and tasks; each acts as a separate agent and sees what is shared with it. All data stays in a SQLite file of that folder.",
    author: { name: "Syntha", url: home },
    repository: { type: "git", url: home },
    documentation: `${home}/blob/main/docs/mcp.md`,
    license,
    keywords,
    server: {
      type: "node",
      entry_point: "server/main.mjs",
      mcp_config: {
        command: "node",
        args: [
          "${__dirname}/server/main.mjs",
          "--storage",
          "sqlite:${user_config.folder}/syntha.db",
          "--agent",
          "${user_config.agent}",
          "--tenant",
          "${user_config.tenant}",
          "--toolsets",
          "${user_config.toolsets}",
        ],
      },
    },
    // The server lists them itself.
    tools_generated: true,
    prompts_generated: true,
    compatibility: {
      platforms: ["darwin", "linux", "win32"],
      runtimes: { node: ">=22" },
    },
    user_config: {
      folder: {
        type: "directory",
        title: "Folder",
        description:
          "Where the context is kept, in a file syntha.db. Apps with the same folder share it.",
        required: true,
      },
      agent: {
        type: "string",
        title: "Agent",
        description: "The name of this app in the team. Each app needs its own.",
        default: "Claude",
      },
      tenant: {
        type: "string",
        title: "Team",
        description: "Agents of other teams in the same file see nothing of this one.",
        default: "default",
      },
      toolsets: {
        type: "string",
        title: "Toolsets",
        description:
          "Any of context, tasks, events and live, separated by commas. Each costs tokens in every request.",
        default: "context,tasks",
      },
    },
  };
}
