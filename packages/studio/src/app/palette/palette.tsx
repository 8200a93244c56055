import { useEffect, useState } from "preact/hooks";
import type { ItemSummary } from "../../api/index.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { type Choice, ChoiceList } from "../parts/menu.tsx";
import { Agent, KeyName, Name } from "../parts/names.tsx";
import { closeDialog, dialog } from "../state/dialog.ts";
import { agents, topics } from "../state/directory.ts";
import { read } from "../state/request.ts";
import { at, go, linkTo, linkToPage, PAGES, tenant, viewer } from "../state/route.ts";
import { mayWrite, session } from "../state/session.ts";
import { toggleTheme } from "../state/theme.ts";
import { retryAll } from "../actions/actions.ts";
import { TITLES } from "../state/titles.ts";

interface Command extends Choice {
  readonly run: () => void;
}

const KEYS = 8;
const PAUSE = 80;

/** Goes to a page, a key, an agent or a topic, and acts. */
export function Palette() {
  const [query, setQuery] = useState("");
  const keys = useKeys(query.trim());
  const commands: Command[] = [
    ...keys.map((item): Command => ({
      id: `key ${item.key}`,
      // It matches by its prefix already.
      text: `${query} ${item.key}`,
      section: "Items",
      content: (
        <>
          <Icon name="items" />
          <KeyName text={item.key} />
        </>
      ),
      run: () => go({ item: item.key }),
    })),
    ...pages(),
    ...actions(),
    ...(agents.value ?? []).map(({ name }): Command => ({
      id: `agent ${name}`,
      text: `view as ${name}`,
      section: "View as",
      content: <Agent name={name} />,
      run: () => go({ as: name }),
    })),
    ...(topics.value ?? []).map(({ name, items }): Command => ({
      id: `topic ${name}`,
      text: `topic ${name}`,
      section: "Topics",
      content: (
        <>
          <span class="quiet">#</span>
          <Name text={name} />
          <span class="quiet number">{items}</span>
        </>
      ),
      run: () => (location.hash = linkToPage("items", { topic: name })),
    })),
  ];
  return (
    <Dialog title="Search and act" onClose={closeDialog} class="palette" bare>
      <ChoiceList
        label="Search and act"
        placeholder="Go to a key, an agent, a topic, a page…"
        choices={commands}
        onQuery={setQuery}
        onChoose={(id) => {
          const chosen = commands.find((command) => command.id === id);
          closeDialog();
          chosen?.run();
        }}
      />
    </Dialog>
  );
}

function command(
  id: string,
  section: string,
  icon: IconName,
  text: string,
  run: () => void,
): Command {
  const content = (
    <>
      <Icon name={icon} />
      {text}
    </>
  );
  return { id, text, section, content, run };
}

function pages(): Command[] {
  return PAGES.filter((page) => page !== "tenants" || session.value?.tenantIds !== undefined).map(
    (page) =>
      command(
        `page ${page}`,
        "Pages",
        page,
        TITLES[page],
        () => (location.hash = linkToPage(page)),
      ),
  );
}

function actions(): Command[] {
  const all: Command[] = [];
  const add = (icon: IconName, text: string, run: () => void): void => {
    all.push(command(`act ${text}`, "Actions", icon, text, run));
  };
  if (mayWrite.value) {
    add("plus", "Push an item…", () => (dialog.value = { kind: "push" }));
    add("retry", "Retry all failed tasks", () => void retryAll());
  }
  if (viewer.value !== undefined)
    add("eye", "Back to everyone’s view", () => go({ as: undefined }));
  if (at.value !== undefined) add("timeline", "Back to now", () => go({ at: undefined }));
  add("moon", "Switch the theme", toggleTheme);
  add("link", "Copy a link to this view", () => {
    // Without the token, which is not in the address.
    void navigator.clipboard.writeText(new URL(linkTo({}), location.href).href);
  });
  add("more", "Keyboard shortcuts", () => (dialog.value = { kind: "keys" }));
  return all;
}

/** The first keys that begin with what was typed, and the one that equals it. */
function useKeys(query: string): readonly ItemSummary[] {
  const [found, setFound] = useState<readonly ItemSummary[]>([]);
  useEffect(() => {
    if (query === "") {
      setFound([]);
      return undefined;
    }
    const ended = new AbortController();
    const timer = setTimeout(() => {
      const asked = { prefix: query, limit: KEYS, tenant: tenant.value, at: at.value };
      read("api/items", asked, ended.signal).then(
        ({ items }) => setFound(items),
        () => setFound([]),
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [query]);
  return found;
}
