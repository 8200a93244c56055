import { Dialog } from "../parts/dialog.tsx";
import { closeDialog } from "../state/dialog.ts";
import { PAGE_KEYS } from "./keyboard.ts";
import { TITLES } from "../state/titles.ts";

const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Move",
    [
      ["j k", "next, previous row"],
      ["h l", "previous, next column"],
      ["Enter", "open the item"],
      ["/", "filter"],
      ["Esc", "close; back to now"],
    ],
  ],
  [
    "See",
    [
      ["a", "view as an agent"],
      ["w", "why it is visible, and to whom"],
      ["e", "expand the item"],
      ["[ ]", "one position back, forward"],
    ],
  ],
  [
    "Everywhere",
    [
      ["⌘K Ctrl+K", "search and act"],
      ["?", "these keys"],
    ],
  ],
  ["Pages", Object.entries(PAGE_KEYS).map(([key, page]) => [`g ${key}`, TITLES[page]] as const)],
];

export function KeysDialog() {
  return (
    <Dialog title="Keyboard" onClose={closeDialog} class="keys-dialog">
      <div class="keys">
        {KEYS.map(([title, rows]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {rows.map(([keys, text]) => (
                <div key={keys} class="keys-row">
                  <dt>
                    {keys.split(" ").map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
