import { expect, it } from "vitest";
import { parseCommand } from "../../src/command/options.ts";

const SERVE = ["--storage", "sqlite:mesh.db", "--agent", "Claude"];

it.each([
  [SERVE, true],
  [[...SERVE, "--no-compact"], false],
])("parses %j, which compacts: %s", (argv, compact) => {
  expect(parseCommand(argv)).toMatchObject({ name: "serve", args: { compact } });
});

it("takes a file for a hook whose name begins like a storage in memory", () => {
  const hook = ["hook", "--agent", "Claude", "--storage"];
  expect(parseCommand([...hook, "memory.db"])).toMatchObject({ args: { storage: "memory.db" } });
  for (const storage of ["memory:", "memory"])
    expect(() => parseCommand([...hook, storage])).toThrow(
      "--storage memory: is a mesh inside one process",
    );
});

const TOKEN = ["token", "--tokens", "tokens.json", "--agent", "Claude", "--expires"];

it.each([
  ["90d", 90 * 86_400_000],
  ["12h", 12 * 3_600_000],
  ["1.5d", 36 * 3_600_000],
])("issues a token that expires in %s", (expires, ms) => {
  const earliest = Date.now() + ms;
  const command = parseCommand([...TOKEN, expires]) as { args: { expiresAt: Date } };
  expect(command.args.expiresAt.getTime()).toBeGreaterThanOrEqual(earliest);
  expect(command.args.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + ms);
});

it.each(["2999-01-31", "2999-01-31T12:00Z", "2999-01-31T12:00:00.5+02:00"])(
  "issues a token that expires at %s",
  (expires) => {
    expect(parseCommand([...TOKEN, expires])).toMatchObject({
      args: { expiresAt: new Date(expires) },
    });
  },
);

it.each([
  ["90", "is a date or a time from now"],
  ["12", "is a date or a time from now"],
  ["soon", "is a date or a time from now"],
  ["", "is a date or a time from now"],
  ["-5d", "is a date or a time from now"],
  ["2999-1-31", "is a date or a time from now"],
  ["2999-02-31", "is a date or a time from now"],
  ["2999-13-01", "is a date or a time from now"],
  ["2999", "is a date or a time from now"],
  ["0d", "is not in the future"],
  ["99999d", "is at most 100 years from now"],
  ["2020-01-31", "is not in the future"],
])("issues no token for --expires=%s", (expires, message) => {
  expect(() => parseCommand([...TOKEN.slice(0, -1), `--expires=${expires}`])).toThrow(message);
});
