import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readTickets } from "../src/tickets/read-tickets.ts";
import type { TicketFileError } from "../src/tickets/ticket-file-error.ts";
import type { TicketSet } from "../src/tickets/ticket.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tickets-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function read(name: string, content: string | Uint8Array): Promise<TicketSet> {
  const path = join(directory, name);
  await writeFile(path, content);
  return readTickets(path);
}

async function refusal(name: string, content: string | Uint8Array): Promise<TicketFileError> {
  return read(name, content).then(
    () => expect.unreachable(`${name} was accepted`),
    (error: TicketFileError) => error,
  );
}

describe("reading tickets from CSV", () => {
  it("reads quotes, commas and line ends inside a message", async () => {
    const { tickets } = await read(
      "quotes.csv",
      'id,text\nA1,"Hello, I said ""no"".\nTwice."\nA2,Plain words\n',
    );
    expect(tickets).toEqual([
      { id: "A1", text: 'Hello, I said "no".\nTwice.' },
      { id: "A2", text: "Plain words" },
    ]);
  });

  it("reads a file saved by a spreadsheet, with a byte order mark and CRLF", async () => {
    const { tickets, labels } = await read(
      "spreadsheet.csv",
      "\uFEFFUtterance,Category,Intent\r\nwhere is it?,ORDER,track_order\r\n\r\nhello,,\r\n",
    );
    expect(tickets).toEqual([
      { id: "T00001", text: "where is it?" },
      { id: "T00002", text: "hello" },
    ]);
    expect([...labels]).toEqual([["T00001", { category: "ORDER", intent: "track_order" }]]);
  });

  it("finds the message under any of its usual names", async () => {
    for (const name of ["utterance", "text", "message"]) {
      const { tickets } = await read(`${name}.csv`, `lang,${name}\nen,Good morning\n`);
      expect(tickets).toEqual([{ id: "T00001", text: "Good morning" }]);
    }
  });

  it("keeps the leading zeros of an id", async () => {
    const { tickets } = await read("zeros.csv", "id,text\n0004512,one\n4512,two\n");
    expect(tickets.map(({ id }) => id)).toEqual(["0004512", "4512"]);
  });
});

describe("reading tickets from JSONL", () => {
  it("skips blank lines and keeps labels beside the tickets", async () => {
    const { tickets, labels } = await read(
      "good.jsonl",
      '\uFEFF{"id":"007","text":"a","category":"ORDER","intent":"place_order"}\r\n\r\n{"message":"b"}',
    );
    expect(tickets).toEqual([
      { id: "007", text: "a" },
      { id: "T00002", text: "b" },
    ]);
    expect(labels.get("007")).toEqual({ category: "ORDER", intent: "place_order" });
    expect(labels.size).toBe(1);
  });

  it("keeps characters beyond ASCII", async () => {
    const { tickets } = await read("letters.jsonl", '{"text":"Où est ma commande ? 📦"}');
    expect(tickets[0]?.text).toBe("Où est ma commande ? 📦");
  });
});

describe("refusing a file says where and why", () => {
  const cases: readonly (readonly [
    what: string,
    name: string,
    content: string | Uint8Array,
    code: TicketFileError["code"],
    line: number | undefined,
    message: RegExp,
  ])[] = [
    ["an empty file", "e.csv", "", "TICKETS_EMPTY", undefined, /no lines/],
    ["an empty JSONL file", "e.jsonl", "\n\n", "TICKETS_EMPTY", undefined, /no tickets/],
    ["only a header", "h.csv", "text\n", "TICKETS_EMPTY", undefined, /no tickets/],
    ["no message column", "c.csv", "a;b\n1;2\n", "TICKETS_COLUMN_MISSING", 1, /found "a;b"/],
    [
      "a row with a stray comma",
      "r.csv",
      'id,text\r\nA,"one\r\ntwo"\r\n\r\nB,well, no\r\n',
      "TICKETS_BAD_RECORD",
      5,
      /3 values for 2 columns/,
    ],
    ["a quote left open", "q.csv", 'text\nfine\n"open', "TICKETS_BAD_RECORD", 3, /never closed/],
    ["an empty message", "m.csv", "id,text\nA,\n", "TICKETS_BAD_RECORD", 2, /no message text/],
    ["an id used twice", "d.csv", "id,text\nA,x\nB,y\nA,z\n", "TICKETS_DUPLICATE_ID", 4, /line 2/],
    [
      "broken JSON",
      "b.jsonl",
      '{"text":"a"}\n\n{"text":',
      "TICKETS_BAD_RECORD",
      3,
      /not valid JSON/,
    ],
    ["a list instead of an object", "l.jsonl", '["a"]', "TICKETS_BAD_RECORD", 1, /one JSON object/],
    [
      "an id that is a number",
      "n.jsonl",
      '{"id":4512,"text":"a"}',
      "TICKETS_BAD_RECORD",
      1,
      /zeros/,
    ],
    [
      "another kind of file",
      "t.xlsx",
      "text\na\n",
      "TICKETS_FORMAT",
      undefined,
      /\.csv or \.jsonl/,
    ],
    [
      "another encoding",
      "u.csv",
      Uint8Array.from([...Buffer.from("text\ncaf"), 0xe9]),
      "TICKETS_UNREADABLE",
      undefined,
      /not UTF-8/,
    ],
  ];

  it.each(cases)("%s", async (_what, name, content, code, line, message) => {
    const error = await refusal(name, content);
    expect(error).toMatchObject({ name: "TicketFileError", code, line });
    expect(error.message).toMatch(message);
    const path = join(directory, name);
    expect(error.message).toContain(line === undefined ? path : `${path}:${line}: `);
  });

  it("a file that isn't there", async () => {
    await expect(readTickets(join(directory, "none.csv"))).rejects.toMatchObject({
      code: "TICKETS_UNREADABLE",
    });
  });
});
