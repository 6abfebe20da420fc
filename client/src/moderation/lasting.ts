/** A suspension that ends later than this does not end: the node writes "for good" as a hundred years. */
export const FOR_GOOD_AFTER_MS = 20 * 365 * 86_400_000;
