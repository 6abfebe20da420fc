/**
 * What the doors fetch when they need it. It stands apart because the router takes a page whose own code says `import(…)`
 * for one that is still to be fetched.
 */
export const signInPage = () => import("./SignIn.svelte");
export const passkeyDoor = () => import("./by-passkey");
export const providerDoors = () => import("./ProviderDoors.svelte");
