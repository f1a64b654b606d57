/** What tools hand on within a visit: they are taken off the page when another is chosen. */
interface Handed {
  /** Bytes for the one that takes things apart. */
  hex: string | undefined;
  /** What was typed into the one that builds transactions, but for the private key. */
  form:
    | {
        inputs: { txid: string; index: string }[];
        outputs: { address: string; amount: string }[];
        locktime: string;
      }
    | undefined;
}

export const handed: Handed = { hex: undefined, form: undefined };
