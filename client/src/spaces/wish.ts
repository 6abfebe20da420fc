import { Refused } from "../wire/problem";

/** The wish for a seat, made on this device and not on another one of the same person. */
export class Wish {
  stands = false;

  /** Asks. Whoever is refused has wished for no more than before; of whom the node did not answer, it may know all the same. */
  async during<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const before = this.stands;
    this.stands = true;
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refused) this.stands = before;
      throw error;
    }
  }
}
