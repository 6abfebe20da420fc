/** Single keys that do things anywhere on the page, unless one is writing or a dialog is open. */

type Act = () => void;

const acts = new Map<string, Act>();

/** Has `key` (as in `KeyboardEvent.key`) do `act` until the returned function is called. */
export function onKey(key: string, act: Act): () => void {
  acts.set(key, act);
  return () => {
    if (acts.get(key) === act) acts.delete(key);
  };
}

/** Does what the pressed key stands for; says whether it stood for anything. */
export function pressed(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (isWriting(event.target) || document.querySelector("[role='dialog'][data-state='open']")) return false;
  const act = acts.get(event.key);
  if (!act) return false;
  event.preventDefault();
  act();
  return true;
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))
  );
}
