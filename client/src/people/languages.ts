/** What most people speak, of whom there is anybody on the net. Whoever speaks something else finds it there too, once it is set. */
const SPOKEN =
  "ar bn bg ca cs da de el en es eu fa fi fil fr gl he hi hr hu id it ja ko lt ms nb nl pl pt ro ru sk sl sr sv sw ta th tr uk ur vi yo zh".split(
    " ",
  );

/** The languages to choose from, as they are called in `locale`; `own` is among them, whatever it is. */
export function languages(locale: string, own: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(locale, { type: "language" });
  const label = (value: string) => names.of(value) ?? value;
  return [...new Set([...SPOKEN, own])]
    .map((value) => ({ value, label: label(value) }))
    .sort((one, other) => one.label.localeCompare(other.label, locale));
}
