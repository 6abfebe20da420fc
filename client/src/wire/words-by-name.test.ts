import { expect, test } from "vitest";
import { meant, narrowed } from "../../scripts/words-by-name";

const IMPORT = 'import { m } from "../paraglide/messages";\n';

test("a word that is looked up by name is looked up among those whose names begin, or begin and end, so", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code that has the placeholders.
  const code = "say(m[`reason_${reason}`](), m[`decision_${$.get(about)}_words`](), m[`reason_${other}`]())";
  expect(narrowed(IMPORT + code)).toBe(
    'import * as words_0 from "virtual:words/reason_*";\nimport * as words_1 from "virtual:words/decision_*_words";\n' +
      `${IMPORT}say(words_0[\`reason_\${reason}\`](), words_1[\`decision_\${$.get(about)}_words\`](), words_0[\`reason_\${other}\`]())`,
  );
  const names = ["reason_spam", "reason_other", "decision_warn", "decision_warn_words", "unreason"];
  expect(meant("reason_*", names)).toEqual(["reason_spam", "reason_other"]);
  expect(meant("decision_*_words", names)).toEqual(["decision_warn_words"]);
});

test("a module that names its words, or has none, stays as it is", () => {
  expect(narrowed(`${IMPORT}m.room_cancel()`)).toBeNull();
  expect(narrowed("const m = /a/u.exec(b); m[0]")).toBeNull();
});

test("a name that could be any is refused: it would be all words", () => {
  expect(() => narrowed(`${IMPORT}m[key]()`)).toThrow(/which words/u);
});
