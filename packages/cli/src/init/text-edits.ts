import { AGENTS_PARAGRAPH, SKILL } from "@syntha/mcp/skill";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { byHand, differs, insert, readJson } from "./config-edits.ts";
import { CannotEdit, type FileEdit } from "./file-edit.ts";

const OWN_FILES = { skill: SKILL } as const;

/** A file that is all ours. If it has another text, a person has changed it, and it stays. */
export function ownFile(path: string, name: keyof typeof OWN_FILES): FileEdit {
  return {
    path,
    apply: (before) => {
      if (before === undefined || before.trim() === "") return OWN_FILES[name];
      if (before === OWN_FILES[name]) return before;
      throw new CannotEdit("It differs from the one of this version. Delete it to get that one.");
    },
  };
}

const BEGIN = "<!-- syntha: begin -->";
const END = "<!-- syntha: end -->";
const SECTION = new RegExp(`${BEGIN}[\\s\\S]*?${END}\\n?`);

/** A section of a Markdown file between two marks: what is between them is ours, all else is not touched. */
export function paragraph(path: string): FileEdit {
  const section = `${BEGIN}\n${AGENTS_PARAGRAPH}${END}\n`;
  return {
    path,
    apply: (before = "") => {
      if (SECTION.test(before)) return before.replace(SECTION, () => section);
      // It includes the other file, which has the section.
      if (path !== "AGENTS.md" && /^@AGENTS\.md\b/m.test(before)) return before;
      // Pasted by hand, without marks.
      if (before.includes(AGENTS_PARAGRAPH.trim())) return before;
      const gap = before === "" ? "" : before.endsWith("\n") ? "\n" : "\n\n";
      return before + gap + section;
    },
  };
}

const HOOKS = ["hooks", "UserPromptSubmit"] as const;

/** Adds a hook to the settings of Claude Code, beside those that are there. */
export function hookEntry(path: string, command: string): FileEdit {
  const entry = { hooks: [{ type: "command", command }] };
  return {
    path,
    apply: (before) => {
      const text = readJson(path, before, HOOKS, [entry]);
      const tree = parseTree(text);
      const list = tree && findNodeAtLocation(tree, [...HOOKS]);
      if (list === undefined) return insert(text, HOOKS, [entry]);
      if (list.type !== "array")
        throw byHand(`"hooks" in ${path} has another form`, HOOKS, [entry]);
      const present = text.slice(list.offset, list.offset + list.length);
      if (present.includes(JSON.stringify(command))) return text;
      if (/@syntha\/(mcp|cli) hook|syntha hook/.test(present)) throw differs("hook of Syntha");
      return insert(text, [...HOOKS, list.children?.length ?? 0], entry);
    },
  };
}
