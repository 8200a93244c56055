import type { ComponentChildren } from "preact";

export interface Tab<T extends string> {
  readonly id: T;
  readonly label: ComponentChildren;
}

/** A row of exclusive choices: tabs of a panel, or a segmented switch. */
export function Tabs<T extends string>({
  tabs,
  current,
  onChoose,
  label,
  kind = "tabs",
}: {
  tabs: readonly Tab<T>[];
  current: T;
  onChoose: (id: T) => void;
  label: string;
  kind?: "tabs" | "segments";
}) {
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = tabs.findIndex(({ id }) => id === current);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChoose(next.id);
    const { currentTarget } = event;
    if (currentTarget instanceof HTMLElement)
      currentTarget.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div class={kind} role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(({ id, label: text }) => (
        <button
          key={id}
          type="button"
          role="tab"
          data-tab={id}
          aria-selected={id === current}
          tabIndex={id === current ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
