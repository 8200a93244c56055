/** The commands as help lists them. */
export const COMMAND_GROUPS: readonly {
  readonly title: string;
  readonly names: readonly string[];
}[] = [
  {
    title: "Look",
    names: ["ls", "get", "why", "history", "tail", "tasks", "topics", "agents", "events", "stats"],
  },
  {
    title: "Act",
    names: [
      "push",
      "rm",
      "say",
      "subscribe",
      "unsubscribe",
      "retry",
      "release",
      "restore",
      "permissions",
    ],
  },
  { title: "Run", names: ["studio", "mcp", "wait", "hook"] },
  { title: "Keep", names: ["doctor", "verify", "copy", "export", "import", "compact"] },
  { title: "Start", names: ["init", "context", "completion"] },
];
