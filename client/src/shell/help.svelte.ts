/** Whether the help with the keys is open. */
export const help = $state({ open: false });
