// vars_prompt: variables that a person is asked for when a play begins. It knows no terminal.
import { randomBytes } from 'node:crypto';
import type { Secrets } from '../../base/secrets.ts';
import { type Dict, type Value, Verbatim } from '../../base/value.ts';
import { type YamlNode, yamlEntry } from '../../base/yaml.ts';
import { saltOf } from '../../jinja/crypt.ts';
import { str } from '../../jinja/printing.ts';
import type { Placed } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { HASHES } from '../lookups/password.ts';
import type { ParseContext } from '../read/parse-context.ts';
import { badType, listOf, placedOf, textOf } from '../read/parse-directives.ts';
import { isTemplated } from '../read/template-check.ts';
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
  /** The hash that the answer is kept as: `sha512_crypt`. */
  readonly encrypt: Placed | undefined;
  readonly salt: Placed | undefined;
  /** Characters of a salt that is made here. */
  readonly saltSize: Placed | undefined;
  /** Whether the answer is no template. Default no. */
  readonly unsafe: Placed | undefined;
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
        if (!KEYS.includes(String(key)))
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
      const encrypt = read('encrypt');
      if (encrypt !== undefined && !isTemplated(encrypt.value) && !Object.hasOwn(HASHES, String(encrypt.value as string)))
        faults.add(badType('encrypt', `one of ${Object.keys(HASHES).join(', ')}`, encrypt));
      return [
        {
          ...{ name, prompt: read('prompt'), default: read('default'), private: read('private'), confirm: read('confirm') },
          ...{ encrypt, salt: read('salt'), saltSize: read('salt_size'), unsafe: read('unsafe') },
        },
      ];
    },
  );
}

/**
 * Asks for every variable that no extra variable gives, one after another.
 *
 * As ansible 2.14: an empty answer is the default; what the prompts say may use extra variables; of an answer that is to be encrypted
 * only the hash is kept.
 *
 * @throws PlaybookError PROMPT_UNANSWERED without anybody to ask, with two answers that keep differing; BAD_KEYWORD on a hash that
 * is not there; whatever `questions` throw.
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
  asks: VarsPrompt,
  run: RunVariables,
  questions: VariableQuestions | undefined,
  secrets: Secrets | undefined,
): Promise<Value> {
  const { name, prompt, default: otherwise, private: hidden, confirm } = asks;
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
      const given = answer === '' && fallback !== null ? fallback : answer;
      const kept = asks.encrypt === undefined ? given : hashOf(asks, given, read);
      return saysYes(read(asks.unsafe) ?? false) && typeof kept === 'string' ? new Verbatim(kept) : kept;
    }
    if (attempt === MOST_TRIES)
      throw new PlaybookError('PROMPT_UNANSWERED', `The two answers differ: ${message}`, {
        where: 'vars_prompt',
        fix: 'Type the same twice',
      });
  }
}

function hashOf({ encrypt, salt, saltSize }: VarsPrompt, answer: Value, read: (placed: Placed | undefined) => Value | undefined): Value {
  const how = str(read(encrypt) ?? '');
  const hash = HASHES[how];
  if (hash === undefined || encrypt === undefined)
    throw new PlaybookError('BAD_KEYWORD', `There is no hash \`${how}\` here`, {
      where: encrypt?.at,
      fix: `Use ${Object.keys(HASHES).join(', ')}`,
    });
  const given = read(salt);
  const size = Number(read(saltSize) ?? hash.saltLength);
  return hash.of(str(answer), given === undefined ? saltOf(randomBytes(Math.min(size, hash.saltLength))) : str(given));
}
