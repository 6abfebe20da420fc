/** How much a post may say. */
export const MOST_CHARACTERS = 500;

/** Characters as the node counts them: code points. */
export const characters = (text: string): number => [...text].length;
