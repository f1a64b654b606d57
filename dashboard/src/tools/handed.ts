/** Bytes that one tool hands to the one that takes things apart. */
export const handed: { hex: string | undefined } = { hex: undefined };
