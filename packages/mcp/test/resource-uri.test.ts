import { ERAS } from "./support/eras.ts";
import { UriTemplate } from "@modelcontextprotocol/client";
import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import {
  canonicalUri,
  itemUri,
  parseResourceUri,
  topicUri,
  URI_TEMPLATES,
} from "../src/resources/resource-uri.ts";
import { connect } from "./support/connect.ts";
import { readJson } from "./support/resource-client.ts";

const TRICKY = [
  "a b",
  "a/b",
  "../..",
  ".",
  "..",
  "%2F",
  "%",
  "100%",
  "?since=1",
  "#x",
  "a&b=c",
  "a+b",
  "!'()*",
  "{key}",
  "task:42",
  "@",
  ";,",
  "ключ",
  "键",
  "😀",
  "\u{10ffff}",
  "\n",
  "\u0001",
  '"',
  "\\",
  "__proto__",
  "~-._",
  "[1]",
  "%00",
  "%ED%A0%80",
  "\ufeffx",
  "e\u0301",
  "é",
  " ",
  "//",
  "syntha://item/x",
];

/** Well-formed text without NUL, from a seed. */
function* randomKeys(seed: number, count: number): Generator<string> {
  let state = seed;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const pools = [
    () => 0x20 + random(0x5f),
    () => 1 + random(0x7f),
    () => 0x80 + random(0x700),
    () => 0xe000 + random(0x1fff),
    () => 0x1_0000 + random(0xf_0000),
  ];
  for (let i = 0; i < count; i++)
    yield Array.from({ length: 1 + random(24) }, () =>
      String.fromCodePoint((pools[random(pools.length)] as () => number)()),
    ).join("");
}

describe("URIs of items and topics", () => {
  const keys = [...TRICKY, ...randomKeys(7, 5_000)];

  it("are parsed to the name that they were made of, however it is encoded", () => {
    for (const key of keys) {
      const lower = itemUri(key).replaceAll(/%../g, (escape) => escape.toLowerCase());
      for (const uri of [itemUri(key), lower, `syntha://item/${encodeURIComponent(key)}`]) {
        expect(parseResourceUri(uri)).toEqual({ kind: "item", key });
        expect(canonicalUri(uri)).toBe(itemUri(key));
      }
      expect(parseResourceUri(topicUri(key))).toEqual({
        kind: "topic",
        topic: key,
        page: undefined,
      });
    }
  });

  it("hold nothing but unreserved characters and escapes", () => {
    for (const key of keys)
      expect(itemUri(key)).toMatch(/^syntha:\/\/item\/(?:[\w.~-]|%[\dA-F]{2})+$/);
  });

  it("are distinct for distinct names", () => {
    expect(new Set(keys.map(itemUri)).size).toBe(new Set(keys).size);
  });

  it("are what the client's own expansion of the template means", () => {
    const template = new UriTemplate(URI_TEMPLATES.item);
    for (const key of keys) expect(canonicalUri(template.expand({ key }))).toBe(itemUri(key));
  });
});

it.each(ERAS)("reads items with any key over the wire (%s)", async (era) => {
  const mesh = new ContextMesh();
  const keys = [...new Set([...TRICKY, ...randomKeys(11, 200)])];
  await mesh.system.pushMany(keys.map((key, value) => ({ key, value, global: true })));
  const bob = await connect(mesh.agent("Bob"), era);
  const template = new UriTemplate(URI_TEMPLATES.item);
  for (const [value, key] of keys.entries()) {
    expect(await readJson(bob.client, itemUri(key))).toMatchObject({ key, value });
    expect(await readJson(bob.client, template.expand({ key }))).toMatchObject({ key, value });
  }
});
