import { expect, it } from "vitest";
import { parseCommand } from "../../src/command/options.ts";

const SERVE = ["--storage", "sqlite:mesh.db", "--agent", "Claude"];

it.each([
  [SERVE, true],
  [[...SERVE, "--no-compact"], false],
])("parses %j, which compacts: %s", (argv, compact) => {
  expect(parseCommand(argv)).toMatchObject({ name: "serve", args: { compact } });
});
