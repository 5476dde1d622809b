// What one host holds while it is worked on, given to others while it waits for a person. It does not know what is asked.
import type { Questions } from '../connection/seam.ts';
import type { Permits } from './limits.ts';

/** The turn of one host: so one question can be about all hosts, though few are worked on at once. */
export class Turn implements Disposable {
  readonly #held: { readonly permits: Permits; permit: Disposable | undefined }[] = [];
  #isOver = false;

  /**
   * Waits for a permit, and holds it until it is given back or the turn is over.
   *
   * @returns Gives it back.
   * @throws `signal.reason` on abort.
   */
  async take(permits: Permits, signal: AbortSignal): Promise<Disposable> {
    const held = { permits, permit: (await permits.acquire({ signal })) as Disposable | undefined };
    this.#held.push(held);
    return {
      [Symbol.dispose]: () => {
        this.#held.splice(this.#held.indexOf(held), 1);
        giveBack(held);
      },
    };
  }

  /** The same questions, asked while others have the turn. */
  lentTo({ hostKey, passphrase, prompts }: Questions): Questions {
    const lent =
      <Q, A>(ask: (question: Q) => Promise<A>) =>
      async (question: Q): Promise<A> => {
        const lending = [...this.#held];
        lending.forEach(giveBack);
        try {
          return await ask(question);
        } finally {
          for (const held of lending) {
            held.permit = await held.permits.acquire({});
            // Whoever asked may have been cancelled meanwhile.
            if (this.#isOver) giveBack(held);
          }
        }
      };
    return { hostKey: hostKey && lent(hostKey), passphrase: passphrase && lent(passphrase), prompts: prompts && lent(prompts) };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#held.forEach(giveBack);
  }
}

function giveBack(held: { permit: Disposable | undefined }): void {
  held.permit?.[Symbol.dispose]();
  held.permit = undefined;
}
