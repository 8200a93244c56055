import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { readTickets } from "../src/tickets.ts";
import cases from "./cases/ticket-files.json" with { type: "json" };
import { closeAll, file } from "./support.ts";

afterAll(closeAll);

function read(name: string, content: string | Uint8Array) {
  writeFileSync(file(name), content);
  return readTickets(file(name));
}

describe("a file of tickets", () => {
  it.each(cases.read as [string, string, string[][]][])(
    "is read: %s",
    async (name, content, expected) => {
      const { tickets, labels } = await read(name, content);
      const found = tickets.map(({ id, text }) => [
        id,
        text,
        ...Object.values(labels.get(id) ?? {}),
      ]);
      expect(found).toEqual(expected);
    },
  );

  const latin1 = Uint8Array.from([...Buffer.from("text\ncaf"), 0xe9]);
  it.each([
    ...(cases.refused as [string, string, string][]),
    ["u.csv", latin1, "not valid"] as const,
  ])("is refused with the place and the reason: %s", async (name, content, message) => {
    const error = { name: "DeskError", message: expect.stringMatching(new RegExp(message, "i")) };
    await expect(read(name, content)).rejects.toMatchObject(error);
    await expect(read(name, content)).rejects.toThrow(file(name));
  });

  it("is refused if it does not exist", async () => {
    await expect(readTickets(file("none.csv"))).rejects.toThrow(/none\.csv cannot be read/);
  });
});
