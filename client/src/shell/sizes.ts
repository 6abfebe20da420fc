/** Below this the page is one column with tabs, and a room covers it. As in Layout's own style. */
export const PHONE = "(max-width: 44.99rem)";
