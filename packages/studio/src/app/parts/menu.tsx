import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

export interface Choice {
  readonly id: string;
  /** What typing filters by. */
  readonly text: string;
  readonly content: ComponentChildren;
  /** A heading before it. */
  readonly section?: string | undefined;
}

const MOST = 100;

/** A list of choices that typing narrows, with arrow keys and Enter. */
export function ChoiceList({
  choices,
  current,
  label,
  placeholder,
  onChoose,
  onQuery,
  empty = "Nothing matches.",
}: {
  choices: readonly Choice[];
  current?: string | undefined;
  label: string;
  placeholder: string;
  onChoose: (id: string) => void;
  onQuery?: (query: string) => void;
  empty?: string;
}) {
  const [query, setQuery] = useState("");
  const [index, setIndex] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => input.current?.focus(), []);
  const wanted = query.trim().toLowerCase();
  const found = choices.filter(({ text }) => text.toLowerCase().includes(wanted)).slice(0, MOST);
  const active = Math.min(index, found.length - 1);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setIndex((active + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const chosen = found[active];
      if (chosen !== undefined) onChoose(chosen.id);
    }
  };

  return (
    <div class="choices">
      <div class="choices-search">
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[active] === undefined ? undefined : `${id}-${active}`}
          aria-label={label}
          placeholder={placeholder}
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={({ currentTarget }) => {
            setQuery(currentTarget.value);
            setIndex(0);
            onQuery?.(currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} class="choices-list" id={`${id}-list`} role="listbox" aria-label={label}>
        {found.map((choice, place) => (
          <div key={choice.id} role="presentation">
            {choice.section !== undefined && choice.section !== found[place - 1]?.section && (
              <h3 class="choices-section" role="presentation">
                {choice.section}
              </h3>
            )}
            <div
              id={`${id}-${place}`}
              class="choice"
              role="option"
              aria-selected={place === active}
              onPointerMove={() => setIndex(place)}
              onClick={() => onChoose(choice.id)}
            >
              {choice.content}
              {choice.id === current && (
                <span class="choice-current">
                  <Icon name="check" />
                </span>
              )}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="choices-empty quiet">{empty}</p>}
    </div>
  );
}

/** A button that opens something below it; Escape and a click elsewhere close it. */
export function Popover({
  label,
  button,
  children,
  align = "left",
  class: kind = "",
  hotkey,
}: {
  /** Undefined if the text of the button says it. */
  label?: string | undefined;
  button: ComponentChildren;
  children: (close: () => void) => ComponentChildren;
  align?: "left" | "right" | "right up";
  class?: string;
  /** The event of the window that opens it. */
  hotkey?: string;
}) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    trigger.current?.focus();
  };
  useEffect(() => {
    if (hotkey === undefined) return undefined;
    const show = (): void => setOpen(true);
    addEventListener(hotkey, show);
    return () => removeEventListener(hotkey, show);
  }, [hotkey]);
  useEffect(() => {
    if (!open) return undefined;
    const onPointer = ({ target }: PointerEvent): void => {
      if (target instanceof Node && frame.current?.contains(target) !== true) setOpen(false);
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, [open]);
  return (
    <div
      ref={frame}
      class={`popover ${kind}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={trigger}
        type="button"
        class="popover-button"
        aria-haspopup="true"
        aria-expanded={open}
        aria-label={label}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && <div class={`popover-body ${align}`}>{children(close)}</div>}
    </div>
  );
}
