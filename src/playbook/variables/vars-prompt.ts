// vars_prompt: variables that a person is asked for when a play begins. It knows no terminal.
import type { Secrets } from '../../base/secrets.ts';
import type { Dict, Value } from '../../base/value.ts';
import { type YamlNode, yamlEntry } from '../../base/yaml.ts';
import { str } from '../../jinja/printing.ts';
import type { Placed } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { notYet } from '../read/keywords.ts';
import type { ParseContext } from '../read/parse-context.ts';
import { listOf, placedOf, textOf } from '../read/parse-directives.ts';
import { saysYes } from '../run/task-run.ts';
import type { RunVariables } from './sight.ts';

/** One entry of vars_prompt. */
export interface VarsPrompt {
  readonly name: string;
  readonly prompt: Placed | undefined;
  readonly default: Placed | undefined;
  /** Whether what is typed cannot be seen. Default yes. */
  readonly private: Placed | undefined;
  /** Whether it is asked for twice. Default no. */
  readonly confirm: Placed | undefined;
}

/** Who asks. Without a person each question is an error. */
export interface VariableQuestions {
  /**
   * @param question.message - What to ask, without a colon.
   * @param question.isPrivate - Whether what is typed may be seen.
   * @param question.otherwise - What answers without a person: `-e name=...`.
   */
  readonly ask: (question: { readonly message: string; readonly isPrivate: boolean; readonly otherwise: string }) => Promise<string>;
}

const KEYS = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt', 'salt_size', 'unsafe'];
/** What differs twice is more than a slip of the finger. */
const MOST_TRIES = 3;

/** Reads vars_prompt. Every fault goes to the list. */
export function varsPrompts(node: YamlNode | undefined, context: ParseContext): VarsPrompt[] {
  const { faults } = context;
  return listOf(node === undefined ? undefined : { key: 'vars_prompt', keyPosition: node.position, node }).flatMap(
    (entry): VarsPrompt[] => {
      if (entry.kind !== 'map') {
        faults.add(
          new PlaybookError('BAD_KEYWORD', 'An entry of `vars_prompt` is a map with a `name`', {
            where: entry.position,
            fix: 'Write - name: ...',
          }),
        );
        return [];
      }
      for (const { key, keyPosition } of entry.entries) {
        if (key === 'encrypt' || key === 'salt' || key === 'salt_size')
          faults.add(
            notYet(`\`${key}\` in \`vars_prompt\``, keyPosition, 'Hash the answer where it is used, with the filter password_hash'),
          );
        else if (!KEYS.includes(String(key)))
          faults.add(
            new PlaybookError('UNKNOWN_KEYWORD', `vars_prompt has no \`${String(key)}\``, {
              where: keyPosition,
              fix: `Known: ${KEYS.join(', ')}`,
            }),
          );
      }
      const name = textOf(entry, 'name', context);
      if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) {
        const where = yamlEntry(entry, 'name')?.node.position ?? entry.position;
        faults.add(
          new PlaybookError(
            'BAD_KEYWORD',
            name === undefined ? 'This prompt has no `name`' : `\`${name}\` cannot be the name of a variable`,
            {
              where,
              fix: 'Name the variable that the answer is for',
            },
          ),
        );
        return [];
      }
      const read = (key: string): Placed | undefined => placedOf(entry, key, context);
      return [{ name, prompt: read('prompt'), default: read('default'), private: read('private'), confirm: read('confirm') }];
    },
  );
}

/**
 * Asks for every variable that no extra variable gives, one after another.
 *
 * As ansible 2.14: an empty answer is the default; what the prompts say may use extra variables.
 *
 * @throws PlaybookError PROMPT_UNANSWERED without anybody to ask, with two answers that keep differing; whatever `questions` throw.
 */
export async function askVariables(
  prompts: readonly VarsPrompt[],
  run: RunVariables,
  questions: VariableQuestions | undefined,
): Promise<Dict> {
  const answers: Dict = new Map();
  for (const prompt of prompts)
    if (!run.extraVars.has(prompt.name)) answers.set(prompt.name, await answerTo(prompt, run, questions, run.controller.secrets));
  return answers;
}

async function answerTo(
  { name, prompt, default: otherwise, private: hidden, confirm }: VarsPrompt,
  run: RunVariables,
  questions: VariableQuestions | undefined,
  secrets: Secrets | undefined,
): Promise<Value> {
  const scope = { get: (variable: string) => run.extraVars.get(variable) };
  const read = (placed: Placed | undefined): Value | undefined => placed && run.templar.value(placed.value, scope, placed.at);
  const isPrivate = saysYes(read(hidden) ?? true);
  const fallback = read(otherwise) ?? null;
  const asked = read(prompt) ?? name;
  // Passwords are no defaults to be shown.
  const message = fallback === null || isPrivate ? str(asked) : `${str(asked)} [${str(fallback)}]`;
  const ask = async (text: string): Promise<string> => {
    const fix = `Give it with -e ${name}=...`;
    if (questions === undefined)
      throw new PlaybookError('PROMPT_UNANSWERED', `Nobody is there to answer: ${text}`, { where: 'vars_prompt', fix });
    return await questions.ask({ message: text.replace(/:\s*$/, ''), isPrivate, otherwise: fix });
  };
  const mustMatch = saysYes(read(confirm) ?? false);
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(message);
    if (!mustMatch || (await ask(`confirm ${message}`)) === answer) {
      if (isPrivate && answer !== '') secrets?.add(answer);
      return answer === '' && fallback !== null ? fallback : answer;
    }
    if (attempt === MOST_TRIES)
      throw new PlaybookError('PROMPT_UNANSWERED', `The two answers differ: ${message}`, {
        where: 'vars_prompt',
        fix: 'Type the same twice',
      });
  }
}
